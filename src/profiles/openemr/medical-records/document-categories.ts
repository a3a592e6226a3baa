/** The categories that a document is filed under, each with its path from the root of their tree. */
import type { Transform } from '../../../mapping/mapping.ts';
import { formatArrayLiteral } from '../../../mapping/types/format-array-literal.ts';
import type { Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';
import { clean } from '../text.ts';

/**
 * `categories`: a JSON array of [codes, [[left, name] of the category and of what is above it, the root excepted]], in no order. The
 * index on the links begins with the category: each category is asked for the document, for they are few.
 */
export function lookUpCategories(site: Site): Lookup {
  const hasCodes = site.has('categories', 'codes');
  const codes = hasCodes ? 'c.codes' : 'NULL';
  return {
    fields: {
      categories: {
        sql: `SELECT CAST(JSON_ARRAYAGG(JSON_ARRAY(${codes}, (SELECT JSON_ARRAYAGG(JSON_ARRAY(a.lft, a.name))
FROM categories a WHERE a.lft <= c.lft AND a.rght >= c.rght AND a.parent > 0))) AS CHAR)
FROM categories c STRAIGHT_JOIN categories_to_documents l ON l.category_id = c.id AND l.document_id = t.id`,
        like: 'forms.form_name',
      },
      // Nothing reads it: it says that there are codes, for commands that know no more of the source than this.
      ...(hasCodes && { category_codes: { sql: 'NULL', like: 'categories.codes' } }),
    },
    watches: [
      { table: 'categories_to_documents', inputs: ['document_id'], keys: null },
      // A category that is moved or renamed changes the paths of all below it.
      {
        table: 'categories',
        inputs: ['id'],
        keys: `SELECT l.document_id FROM categories up JOIN categories c ON c.lft >= up.lft AND c.rght <= up.rght
JOIN categories_to_documents l ON l.category_id = c.id WHERE up.id = ?`,
      },
      // One that is gone, or elsewhere in the tree, is not above what it was above.
      {
        table: 'categories',
        inputs: ['lft', 'rght'],
        keys: `SELECT l.document_id FROM categories c JOIN categories_to_documents l ON l.category_id = c.id
WHERE c.lft >= ? AND c.rght <= ?`,
        leavesOnly: true,
      },
      {
        table: 'categories',
        inputs: ['id'],
        keys: 'SELECT l.document_id FROM categories_to_documents l WHERE l.category_id = ?',
      },
    ],
  };
}

type Category = [codes: string | null, path: [left: number, name: string | null][] | string | null];

/** Such as `/Lab Report/Pathology`, in order. */
export const categoryPaths: Transform = {
  name: 'categoryPaths',
  apply: (json) => formatArrayLiteral(filedUnder(json).map(({ path }) => path)),
};

/** One for each path; empty where the category has none. */
export const categoryCodes: Transform = {
  name: 'categoryCodes',
  apply: (json) => formatArrayLiteral(filedUnder(json).map(({ codes }) => codes)),
};

function filedUnder(json: string | null): { path: string; codes: string }[] {
  if (json === null) return [];
  return (JSON.parse(json) as Category[])
    .map(([codes, path]) => ({ path: pathOf(path), codes: clean(codes) ?? '' }))
    .toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** MariaDB gives an array within an array as a text. */
function pathOf(given: Category[1]): string {
  const path = typeof given === 'string' ? (JSON.parse(given) as Exclude<Category[1], string>) : given;
  const names = (path ?? []).toSorted(([a], [b]) => a - b).map(([, name]) => clean(name) ?? '');
  return `/${names.join('/')}`;
}
