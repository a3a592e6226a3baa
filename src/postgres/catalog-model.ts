/** What a schema of the target is made of, as plain data. */
export interface TargetCatalog extends TargetFacts {
  schema: string;
  schemaExists: boolean;
  tables: TargetTable[];
  /** Names of sequences, those of identity columns among them. */
  sequences: string[];
  functions: TargetFunction[];
}

export interface TargetFacts {
  database: string;
  /** As server_version_num has it: 180004 for 18.4. */
  versionNumber: number;
  encoding: string;
  extensions: TargetExtension[];
}

export interface TargetExtension {
  name: string;
  version: string;
  schema: string;
}

export interface TargetTable {
  name: string;
  comment: string | null;
  /** The planner's estimate; 0 for a table that was never analyzed. */
  rowEstimate: number;
  /** Null where the user may not read the table, or rows were not asked for. */
  hasRows: boolean | null;
  columns: TargetTableColumn[];
  constraints: TargetConstraint[];
  /** Indexes that no constraint owns. */
  indexes: TargetIndex[];
  triggers: TargetTrigger[];
}

export interface TargetTableColumn {
  name: string;
  /** As format_type() prints it; types of an extension without their schema. */
  type: string;
  nullable: boolean;
  /** SQL of the default, or of the generation; null where there is none. */
  default: string | null;
  identity: 'always' | 'by default' | null;
  generated: 'stored' | 'virtual' | null;
  comment: string | null;
}

export interface TargetConstraint {
  name: string;
  kind: 'primary-key' | 'unique' | 'foreign-key' | 'check' | 'other';
  /** As pg_get_constraintdef() prints it, names qualified. */
  definition: string;
  validated: boolean;
  /** The comment of the index that a primary or unique key owns. */
  comment: string | null;
}

export interface TargetIndex {
  name: string;
  /** As pg_get_indexdef() prints it, names qualified. */
  definition: string;
  unique: boolean;
  valid: boolean;
  comment: string | null;
}

export interface TargetTrigger {
  name: string;
  /** As pg_get_triggerdef() prints it, names qualified. */
  definition: string;
  enabled: boolean;
}

export interface TargetFunction {
  name: string;
  language: string;
  source: string;
}
