// Look again whether the answer has come.
setTimeout(() => location.reload(), 2000);
