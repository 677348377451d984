import { describe, expect, test } from 'vitest'
import { sqlProblem } from '../../src/text-metrics/sql/sql.ts'
import { costMeter } from '../support/cost.ts'
import { passages } from './passages.ts'

const GOOD = [
  'SELECT 1',
  'select * from orders;',
  "SELECT o.id, c.name AS customer, count(*) total FROM shop.orders o JOIN customers c ON c.id = o.customer_id WHERE o.state IN ('new', 'paid') AND o.placed >= '2026-01-01' GROUP BY o.id, c.name HAVING count(*) > 1 ORDER BY total DESC NULLS LAST LIMIT 10 OFFSET 20",
  'SELECT DISTINCT ON (user_id) user_id, at FROM logins ORDER BY user_id, at DESC',
  'WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 100) SELECT sum(n) FROM t',
  "SELECT CASE WHEN a > 1 THEN 'x' WHEN a IS NOT NULL THEN 'y' ELSE NULL END, CAST(b AS numeric(10, 2)), c::text, EXTRACT(year FROM d), TRIM(BOTH ' ' FROM e) FROM t",
  'SELECT sum(x) OVER (PARTITION BY y ORDER BY z ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t',
  "SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a) AND b BETWEEN 1 AND 2 OR c NOT LIKE '%x' ESCAPE '!'",
  'SELECT `a`, `b c` FROM `t` WHERE `d` <=> 1',
  'SELECT TOP 5 [first name] FROM [people] WHERE id = @id',
  "SELECT data->>'name', tags[1], ARRAY[1, 2] FROM t WHERE data @> '{}' AND x = $1 AND y = :y AND z = ?",
  "SELECT now() - INTERVAL '1 day', date '2026-01-01', INTERVAL 1 DAY",
  'SELECT * FROM a LEFT OUTER JOIN b USING (id) CROSS JOIN (SELECT 1 AS one) x NATURAL JOIN c, LATERAL f(x) AS g(h)',
  '(SELECT a FROM t) EXCEPT (SELECT a FROM u) ORDER BY 1',
  'SELECT (SELECT max(a) FROM t), ((1 + 2) * 3) % 4',
  "SELECT group_concat(DISTINCT name ORDER BY name SEPARATOR ', ') FROM t",
  'SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY ms) FILTER (WHERE ok) FROM calls',
  "INSERT INTO t (a, b) VALUES (1, 'it''s'), (DEFAULT_A, NULL) ON CONFLICT (a) DO UPDATE SET b = excluded.b WHERE t.a > 0 RETURNING *",
  'INSERT INTO t SELECT * FROM u',
  'INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = a + 1',
  'UPDATE t SET a = 1, b = DEFAULT, (c, d) = (SELECT 1, 2) FROM u WHERE t.id = u.id RETURNING t.id',
  'DELETE FROM t USING u WHERE t.id = u.id',
  'CREATE TABLE IF NOT EXISTS t (id serial PRIMARY KEY, price numeric(10, 2) NOT NULL DEFAULT 0 CHECK (price >= 0), FOREIGN KEY (id) REFERENCES u (id))',
  'CREATE OR REPLACE VIEW v AS SELECT * FROM t',
  'CREATE UNIQUE INDEX i ON t (lower(a))',
  'ALTER TABLE t ADD COLUMN a int',
  'DROP TABLE IF EXISTS t CASCADE',
  'EXPLAIN ANALYZE SELECT 1',
  'DROP INDEX i ON t',
  'CREATE TABLE t AS SELECT 1',
  'CREATE FUNCTION f(a int) RETURNS int AS $$ SELECT a $$ LANGUAGE sql',
  'CREATE DATABASE shop',
  'START TRANSACTION READ ONLY; ROLLBACK TO SAVEPOINT here',
  'SET search_path TO shop, public; SET @x = 1',
  "SHOW TABLES FROM shop LIKE '%x'; USE shop; DESCRIBE orders",
  "CALL pay(1, 'x'); EXEC pay 1, 'x'",
  'GRANT SELECT, INSERT ON orders TO clerk WITH GRANT OPTION; REVOKE ALL PRIVILEGES ON orders FROM clerk',
  'MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET a = 1',
  'BEGIN; UPDATE t SET a = 1; COMMIT;',
  '-- all of them\nSELECT /* every one */ * FROM t -- end',
]

test.each(GOOD)('%s', (text) => {
  expect(sqlProblem(text)).toBeUndefined()
})

test.each([
  ['', 'it is empty'],
  ['Hello there', 'no statement begins with hello'],
  ['Select the best option from the list', 'option stands where nothing is expected'],
  ['Update your settings before you go on', 'expected SET and not before'],
  ['Create a plan for the next week', 'CREATE of a is no statement'],
  ['Delete all of it from here', 'expected FROM and not of'],
  ['Use the best one that there is', 'best stands where nothing is expected'],
  ['Show me all of them', 'SHOW of me is no statement'],
  ['Set a limit for each user', 'expected = and not limit'],
  ['Create index cards for each word', 'expected ON and not for'],
  ['Drop table seven, and wait', 'expected a name and not and'],
  ['Begin with a short greeting', 'with stands where nothing is expected'],
  ['Grant me a wish', 'expected TO and not a'],
  ['EXPLAIN', 'no statement begins with the end'],
  ['SELECT', 'it ends too early'],
  ['SELECT FROM t', 'expected a name and not from'],
  ['SELECT a, FROM t', 'expected a name and not from'],
  ['SELECT a FROM t WHERE', 'it ends too early'],
  ['SELECT a FROM t WHERE a =', 'it ends too early'],
  ['SELECT a FROM t GROUP BY a WHERE b', 'where stands where nothing is expected'],
  ['SELECT a FROM t ORDER BY', 'it ends too early'],
  ['SELECT (1 + 2 FROM t', 'expected ) and not from'],
  ["SELECT 'a FROM t", "' is missing"],
  ['SELECT "a FROM t', '" is missing'],
  ['SELECT a FROM t JOIN u ON', 'it ends too early'],
  ['SELECT CASE a THEN 1 END', 'expected WHEN and not then'],
  ['SELECT a NOT b FROM t', 'expected IN, LIKE or BETWEEN and not b'],
  ['INSERT INTO t (a, b) (1, 2)', 'expected SELECT and not 1'],
  ['UPDATE t SET a', 'expected = and not the end'],
  ['DELETE t', 'expected FROM and not the end'],
  ['CREATE TABLE t (id int,)', 'a column is missing'],
  ['SELECT 1 SELECT 2', 'select stands where nothing is expected'],
  ['```sql\nSELECT 1\n```', 'no statement begins with a name'],
  ['SELECT € FROM t', '€ stands for nothing'],
] as const)('%j: %s', (text, problem) => {
  expect(sqlProblem(text)).toBe(problem)
})

test('prose is none', () => {
  expect(passages(30).filter((text) => sqlProblem(text) === undefined)).toEqual([])
})

describe('what was changed somewhere', () => {
  test('a statement without its last word, or with two words of it swapped, is hardly ever one', () => {
    const broken = GOOD.filter((text) => text.startsWith('SELECT')).flatMap((text) => {
      const words = text.split(' ')
      return words.slice(1).map((_, i) => words.toSpliced(i, 2, words[i + 1] ?? '', words[i] ?? '').join(' '))
    })
    const missed = broken.filter((text) => sqlProblem(text) === undefined)
    expect(broken.length).toBeGreaterThan(150)
    expect(missed.length / broken.length).toBeLessThan(0.35)
  })
})

test('hostile texts cost little', () => {
  const spent = costMeter()
  const n = 100_000
  for (const text of [
    `SELECT ${'('.repeat(n)}`,
    `SELECT ${'('.repeat(150)}1`,
    `SELECT ${'f('.repeat(n)}`,
    `SELECT ${'case when '.repeat(n)}`,
    `SELECT ${'- '.repeat(n)}1`,
    `SELECT ${'a+'.repeat(n)}1`,
    `SELECT * FROM ${'(select * from '.repeat(n)}`,
    `SELECT ${"'".repeat(n)}`,
    `${'-- x\n'.repeat(n)}SELECT 1`,
    `${'/* '.repeat(n)}`,
    `SELECT a FROM t WHERE ${'a = 1 AND '.repeat(n)}b`,
    ';'.repeat(n),
    `SELECT ${'['.repeat(n)}`,
    `SELECT ${'$'.repeat(n)}`,
  ])
    sqlProblem(text)
  expect(spent()).toBeLessThan(3000)
})
