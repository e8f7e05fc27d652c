-- One line for each table: its name, the number of its rows and a hash of all of them, in any order.
set timezone = 'UTC';
\pset format unaligned
\pset tuples_only on
select format(
    'select %L, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from %I.%I t',
    tablename, schemaname, tablename
) from pg_tables where schemaname = 'public' order by tablename
\gexec
