/**
 * What a schema of the target is meant to be: objects in the order in which they can be made, each with its SQL and
 * with what a comparison needs to know of it. Plain data, made by a profile, used by the schema phase.
 */
export interface SchemaPlan {
  schema: string;
  /** In order: every object comes after those that it needs. Foreign keys are last. */
  objects: SchemaObject[];
  /** What does not come along, and what comes along changed, in plain words. */
  notes: SchemaNote[];
}

/**
 * A schema that is written by hand, as its DBA reviews it: made whole, in one transaction, where it has no tables yet. Where it has
 * some, they are the service's own, and neither compared nor altered.
 */
export interface SchemaScript {
  schema: string;
  /** Any number of statements, all names qualified. */
  sql: string;
}

export interface SchemaNote {
  /** The source table; null for what belongs to the whole database. */
  table: string | null;
  /** Kind and name, such as `index idx_title`, in the source's words. */
  object: string;
  text: string;
}

interface ObjectBase {
  /** One statement, without the semicolon, all names qualified. */
  sql: string;
  schema: string;
  /** The target table that it belongs to; null for the schema itself. */
  table: string | null;
  name: string;
}

export type SchemaObject =
  | (ObjectBase & { kind: 'schema' })
  | (ObjectBase & { kind: 'sequence'; table: string })
  | (ObjectBase & { kind: 'table'; table: string; columns: PlannedColumn[] })
  /** A definition is compared with pg_get_constraintdef(). */
  | (ObjectBase & {
      kind: 'primary-key' | 'unique' | 'check' | 'foreign-key';
      table: string;
      definition: string;
    })
  /** Any index that no constraint owns, unique ones on expressions among them. Compared with pg_get_indexdef(). */
  | (ObjectBase & { kind: 'index'; table: string; definition: string; unique: boolean })
  | (ObjectBase & { kind: 'function'; table: string; source: string })
  | (ObjectBase & { kind: 'trigger'; table: string; definition: string })
  /** Ties a sequence to the life of its column. Not compared. */
  | (ObjectBase & { kind: 'sequence-owner'; table: string })
  | (ObjectBase & { kind: 'comment'; table: string; on: CommentTarget; text: string });

export type SchemaObjectKind = SchemaObject['kind'];

/** What a comment is on; the name is that of the column or the index. */
export type CommentTarget = { kind: 'table' } | { kind: 'column' | 'index'; name: string };

export interface PlannedColumn {
  name: string;
  /** As format_type() prints it. */
  type: string;
  nullable: boolean;
  /** SQL of the default; null where there is none. */
  default: string | null;
  identity: boolean;
}
