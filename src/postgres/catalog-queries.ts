/** The catalog's queries, each over a whole schema ($1), with the shape of their rows. */
import type {
  TargetConstraint,
  TargetFacts,
  TargetIndex,
  TargetTableColumn,
  TargetTrigger,
} from './catalog-model.ts';

export type FactsRow = Omit<TargetFacts, 'extensions'>;

export const FACTS_SQL = `
  SELECT pg_catalog.current_database()::text AS database,
         pg_catalog.current_setting('server_version_num')::int AS "versionNumber",
         pg_catalog.pg_encoding_to_char(encoding)::text AS encoding
    FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()`;

export const EXTENSIONS_SQL = `
  SELECT e.extname::text AS name, e.extversion AS version, n.nspname::text AS schema
    FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
   ORDER BY 1`;

export interface TableRow {
  name: string;
  comment: string | null;
  rowEstimate: string;
  readable: boolean;
}

export const TABLES_SQL = `
  SELECT c.relname::text AS name, pg_catalog.obj_description(c.oid, 'pg_class') AS comment,
         greatest(c.reltuples, 0)::bigint AS "rowEstimate",
         pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS readable
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') ORDER BY c.relname`;

export type ColumnRow = Omit<TargetTableColumn, 'identity' | 'generated'> & {
  table: string;
  identity: string;
  generated: 's' | 'v' | null;
};

// The types of extensions live in a schema that differs from server to server: it is taken off again.
export const COLUMNS_SQL = `
  SELECT c.relname::text AS table, a.attname::text AS name,
         CASE WHEN x.objid IS NULL THEN pg_catalog.format_type(a.atttypid, a.atttypmod)
              ELSE regexp_replace(pg_catalog.format_type(a.atttypid, a.atttypmod), '^("([^"]|"")+"|[^".]+)\\.', '') END AS type,
         NOT a.attnotnull AS nullable, pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS default,
         a.attidentity::text AS identity, nullif(a.attgenerated::text, '') AS generated,
         pg_catalog.col_description(c.oid, a.attnum) AS comment
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN pg_catalog.pg_depend x ON x.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND x.objid = a.atttypid
          AND x.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND x.deptype = 'e'
   WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') ORDER BY c.relname, a.attnum`;

export type ConstraintRow = Omit<TargetConstraint, 'kind'> & { table: string; type: string };

// Not-null constraints have rows of their own from PostgreSQL 18 on; the columns already say them.
export const CONSTRAINTS_SQL = `
  SELECT c.relname::text AS table, k.conname::text AS name, k.contype::text AS type,
         pg_catalog.pg_get_constraintdef(k.oid) AS definition, k.convalidated AS validated,
         CASE WHEN k.contype IN ('p', 'u') THEN pg_catalog.obj_description(k.conindid, 'pg_class') END AS comment
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND k.contype <> 'n' ORDER BY c.relname, k.conname`;

export type IndexRow = TargetIndex & { table: string };

export const INDEXES_SQL = `
  SELECT c.relname::text AS table, o.relname::text AS name, pg_catalog.pg_get_indexdef(o.oid) AS definition,
         i.indisunique AS unique, i.indisvalid AS valid, pg_catalog.obj_description(o.oid, 'pg_class') AS comment
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class o ON o.oid = i.indexrelid
    JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = o.oid AND k.contype IN ('p', 'u', 'x'))
   ORDER BY c.relname, o.relname`;

export type TriggerRow = TargetTrigger & { table: string };

export const TRIGGERS_SQL = `
  SELECT c.relname::text AS table, t.tgname::text AS name, pg_catalog.pg_get_triggerdef(t.oid) AS definition,
         t.tgenabled <> 'D' AS enabled
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND NOT t.tgisinternal ORDER BY c.relname, t.tgname`;

export const SEQUENCES_SQL = `
  SELECT c.relname::text AS name FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND c.relkind = 'S' ORDER BY 1`;

export const FUNCTIONS_SQL = `
  SELECT p.proname::text AS name, l.lanname::text AS language, p.prosrc AS source
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang
   WHERE n.nspname = $1 AND p.pronargs = 0 AND p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype ORDER BY 1`;
