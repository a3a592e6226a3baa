/** A profile with sets of rows, a table that two mappings share, and references to rows that may not be there, for tests. */
import { columns, constant, flags, from, reference, uuid } from '../../../src/mapping/declare.ts';
import type { Mapping, OrphanPolicy, Profile, Query } from '../../../src/mapping/mapping.ts';

const ALONE: Query = { joins: '', fields: {}, watches: [] };
const AUTHOR: Query = {
  joins: 'LEFT JOIN authors a ON a.id = t.author',
  fields: { author_id: { sql: 'a.id', like: 'authors.id' } },
  watches: [{ table: 'authors', inputs: ['id'], keys: 'SELECT b.id FROM books b WHERE b.author = ?' }],
};

const person = (kind: 'author' | 'member', source: string): Mapping => ({
  shape: 'query',
  id: source,
  service: 'patient',
  source: { table: source },
  target: { schema: 'library', table: 'person' },
  query: ALONE,
  columns: columns({
    id: ['uuid!', uuid(source, 'id')],
    kind: ['text!', constant(kind)],
    name: ['text!', from('name'), 'identifier'],
  }),
});

const books = (orphans: OrphanPolicy): Mapping => ({
  shape: 'query',
  id: 'books',
  service: 'patient',
  source: { table: 'books' },
  target: { schema: 'library', table: 'book' },
  query: AUTHOR,
  columns: columns({
    id: ['uuid!', uuid('books', 'id')],
    title: ['text!', from('title')],
    isbn: ['text', from('isbn')],
    author_id: [
      'uuid',
      reference('authors', {
        input: 'author',
        found: 'author_id',
        onOrphan: orphans === 'reject' ? 'reject' : { flag: 'author_id' },
      }),
    ],
    flags: ['text[]!', flags],
  }),
});

/** Of a book that is loaded: one that is rejected has no tags either. */
const tags = (orphans: OrphanPolicy): Mapping => ({
  shape: 'rows',
  id: 'tags',
  service: 'patient',
  source: { table: 'books' },
  target: { schema: 'library', table: 'tag' },
  query: AUTHOR,
  where: {
    inputs: ['author', 'author_id'],
    description: `books that are loaded (orphans: ${orphans})`,
    accepts: (author, found) => orphans === 'null' || author === null || author === '0' || found !== null,
  },
  expansion: {
    description: 'one for each word of tags, each once',
    inputs: ['tags'],
    fields: { tag: 'books.tags' },
    rows: (text) => [...new Set(text?.split(' ').filter((tag) => tag !== ''))].map((tag) => [tag]),
  },
  owner: ['book_id'],
  key: ['id'],
  columns: columns({
    id: ['uuid!', uuid('tags', 'id', 'tag')],
    book_id: ['uuid!', uuid('books', 'id')],
    tag: ['text!', from('tag')],
  }),
});

export const profile: Profile = {
  name: 'library',
  services: ['patient'],
  mappings: (_source, { orphans }) => [
    person('author', 'authors'),
    person('member', 'members'),
    books(orphans),
    tags(orphans),
  ],
};

export const scripts = {
  patient: {
    schema: 'library',
    sql: `
CREATE SCHEMA library;
CREATE TABLE library.person (id uuid PRIMARY KEY, kind text NOT NULL, name text NOT NULL);
CREATE TABLE library.book (
  id uuid PRIMARY KEY, title text NOT NULL, isbn text UNIQUE, author_id uuid REFERENCES library.person, flags text[] NOT NULL
);
CREATE TABLE library.tag (
  id uuid PRIMARY KEY, book_id uuid NOT NULL REFERENCES library.book, tag text NOT NULL CHECK (tag <> 'forbidden'),
  UNIQUE (book_id, tag)
);
CREATE INDEX ON library.tag (book_id);`,
  },
};
