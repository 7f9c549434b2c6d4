-- The app owns its own database, and may do nothing else on the server: psql --file role.sql
\set ON_ERROR_STOP on
\getenv password DATABASE_PASSWORD
CREATE ROLE campaigns LOGIN PASSWORD :'password'
    NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE DATABASE campaigns OWNER campaigns ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE campaigns FROM PUBLIC;
