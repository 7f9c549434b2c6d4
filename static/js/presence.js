// Tell that this campaign is open here, and say who else has it open.
const line = document.getElementById("others");
const token = document.querySelector("[name=csrf_token]").value;
const tell = async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(line.dataset.here, {
      method: "POST",
      headers: { "X-CSRFToken": token, Accept: "application/json" },
    });
    if (!answer.ok) return;
    const { others } = await answer.json();
    const words = others.length ? `Also open at: ${others.join(", ")}` : "";
    if (line.textContent !== words) line.textContent = words;
    line.hidden = !words;
  } catch {
    // The server does not answer now: what stands there may be out of date, and harms nobody.
  }
};
tell();
setInterval(tell, 30_000);
document.addEventListener("visibilitychange", tell);
