import type Database from 'better-sqlite3';
import type { PostBook, PostRef } from '../ports.ts';

/** Posted messages and the posting position, stored in the journal's database. */
export function createPostBook(database: Database.Database): PostBook {
  const cursor = database.prepare<[], { seq: number }>(
    "SELECT seq FROM cursors WHERE name = 'told'",
  );
  const advance = database.prepare(
    "INSERT INTO cursors (name, seq) VALUES ('told', ?) ON CONFLICT (name) DO UPDATE SET seq = max(seq, excluded.seq)",
  );
  const find = database.prepare<[string], PostRef>(
    `SELECT channel_id AS channelId, message_id AS messageId, content_hash AS contentHash
       FROM posts WHERE subject = ?`,
  );
  const save = database.prepare(
    `INSERT INTO posts VALUES (@subject, @channelId, @messageId, @contentHash)
       ON CONFLICT (subject) DO UPDATE SET channel_id = excluded.channel_id,
         message_id = excluded.message_id, content_hash = excluded.content_hash`,
  );
  const holds = database.prepare<[string], { found: number }>(
    'SELECT 1 AS found FROM posts WHERE message_id = ? LIMIT 1',
  );
  return {
    told: () => cursor.get()?.seq ?? 0,
    markTold: (seq) => void advance.run(seq),
    find: (subject) => find.get(subject),
    save: (subject, ref) => void save.run({ subject, ...ref }),
    holds: (messageId) => holds.get(messageId) !== undefined,
  };
}
