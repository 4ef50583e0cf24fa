/**
 * `sets` holds a line for each evaluation set that was read; `set_rows` its examples (label as text, a place in the set's
 * labels), `set_files` what they were read from, `bad_rows` the first rows that were left out; `contamination` how many
 * of its examples occur in a task's training data, by the digests of both.
 */
export const setTables = `
  create table sets (
    name text primary key, definition text not null, digest text not null, reader integer not null,
    row_count bigint not null, bad bigint not null, loaded_at text not null);
  create table set_rows (
    set_name text not null, id text not null, text_a text not null, text_b text, label text, part text, pair text,
    "group" text, before_a text, before_b text);
  create table set_files (
    set_name text not null, file text not null, path text not null, sha256 text not null, origin text not null);
  create table bad_rows (set_name text not null, id text not null, fault text not null);
  create table contamination (
    set_name text not null, task text not null, set_digest text not null, task_digest text not null,
    examples bigint not null);`;
