-- The app owns its own database, and may do nothing else on the server: psql --file role.sql
-- It signs in by a certificate (pg_hba.conf), or by a password: psql --command "\password campaigns"
\set ON_ERROR_STOP on
CREATE ROLE campaigns LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE DATABASE campaigns OWNER campaigns ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE campaigns FROM PUBLIC;
