/** The event stream format, rule by rule, as cases for every reader of it. @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */

/** One event. */
export interface Seen {
  readonly name: string
  readonly data: string
  /** Only there for an event that the end of the stream left open. */
  readonly open?: true
}

/** A message without a name of its own. */
const said = (...data: string[]): Seen[] => data.map((text) => ({ name: '', data: text }))
const named = (name: string, data: string): Seen => ({ name, data })
const open = (data: string, name = ''): Seen => ({ name, data, open: true })

/** A stream, and what it holds. */
export type Case = readonly [title: string, stream: string | Uint8Array, events: readonly Seen[]]

const BOM = '\uFEFF'

const fields: Case[] = [
  ['data with a space after the colon', 'data: one\n\n', said('one')],
  ['data without a space after the colon', 'data:one\n\n', said('one')],
  ['only the first space goes', 'data:  two\n\ndata:   three \n\n', said(' two', '  three ')],
  ['a tab is no space', 'data:\tone\n\n', said('\tone')],
  ['a lone space is empty data', 'data: \n\n', said('')],
  ['empty data is still an event', 'data:\n\n', said('')],
  ['a field without colon has the empty value', 'data\n\n', said('')],
  ['two fields without colon make one newline', 'data\ndata\n\n', said('\n')],
  ['data that is only a newline', 'data:\ndata:\n\n', said('\n')],
  ['several data lines are joined', 'data: a\ndata: b\ndata: c\n\n', said('a\nb\nc')],
  ['data lines around an empty one', 'data: a\ndata\ndata: c\n\n', said('a\n\nc')],
  ['a data line that ends empty', 'data: a\ndata:\n\n', said('a\n')],
  ['later colons belong to the value', 'data: {"a": "b:c"}\n\ndata::x\n\n', said('{"a": "b:c"}', ':x')],
  ['NUL in data stays', 'data: a\0b\n\n', said('a\0b')],
  ['a comment is no event', ': hi\n\n', []],
  ['a colon alone is a comment', ':\n\ndata: a\n:\n\n', said('a')],
  ['comments inside an event', 'data: a\n:data: x\n: \0\ndata: b\n\n', said('a\nb')],
  ['a long comment', `:${'x'.repeat(300)}\ndata: a\n\n`, said('a')],
  ['unknown fields', 'foo: bar\ndata: a\nfoo\nbar:\n\n', said('a')],
  ['names of fields are exact', 'Data: x\nDATA: x\ndata : x\n data: x\ndatax: x\ndat: x\n\ndata: a\n\n', said('a')],
  ['a NUL makes the name another one', 'data\0: x\ndata: a\n\n', said('a')],
  ['blank lines alone', '\n\n\n\n', []],
  ['spare blank lines between events', '\n\ndata: a\n\n\n\ndata: b\n\n\n', said('a', 'b')],
  ['a blank-looking line is a field, not the end', 'data: a\n \ndata: b\n\n', said('a\nb')],
  ['an empty stream', '', []],
]

const others: Case[] = [
  ['an id', 'id: 1\ndata: a\n\nid\ndata: b\n\n', said('a', 'b')],
  ['an id alone is no event', 'id: 1\n\n', []],
  ['NUL in an id', 'id: 1\0 2\ndata: a\n\n', said('a')],
  ['retry, good and bad', 'retry: 10\ndata: a\n\nretry: 1x\ndata: b\n\nretry:\ndata: c\n\n', said('a', 'b', 'c')],
  ['retry alone is no event', 'retry: 10\n\n', []],
  ['a name', 'event: ping\ndata: a\n\n', [named('ping', 'a')]],
  ['a name without a space', 'event:ping\ndata: a\n\n', [named('ping', 'a')]],
  ['a name after the data', 'data: a\nevent: ping\n\n', [named('ping', 'a')]],
  ['a name with spaces around it', 'event:  ping \ndata: a\n\n', [named(' ping ', 'a')]],
  ['the last name counts', 'event: x\nevent: y\ndata: a\n\n', [named('y', 'a')]],
  ['an empty name is none', 'event:\ndata: a\n\nevent\ndata: b\n\nevent: \ndata: c\n\n', said('a', 'b', 'c')],
  ['an empty name takes back the one before', 'event: x\nevent:\ndata: a\n\n', said('a')],
  ['a name ends with its event', 'event: x\ndata: a\n\ndata: b\n\n', [named('x', 'a'), ...said('b')]],
  ['a name without data is no event, and forgotten', 'event: x\n\ndata: a\n\n', said('a')],
  ['a name with empty data', 'event: x\ndata\n\n', [named('x', '')]],
]

const lines: Case[] = [
  ['LF', 'data: a\ndata: b\n\ndata: c\n\n', said('a\nb', 'c')],
  ['CR', 'data: a\rdata: b\r\rdata: c\r\rdata: d\n\n', said('a\nb', 'c', 'd')],
  ['CRLF', 'data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n', said('a\nb', 'c')],
  ['a mix', 'data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\n', said('a\nb\nc', 'd')],
  ['CRLF is one line end', 'data: a\r\ndata: b\r\n\r\n', said('a\nb')],
  ['LF and CR are two', 'data: a\n\rdata: b\n\n', said('a', 'b')],
  ['CRLF and CR', 'data: a\r\n\rdata: b\n\n', said('a', 'b')],
  ['CR and CRLF', 'data: a\r\r\ndata: b\n\n', said('a', 'b')],
  ['CR at the very end', 'data: a\r\r', said('a')],
  ['CRLF and CR at the very end', 'data: a\r\n\r', said('a')],
  ['LF and CR at the very end', 'data: a\n\r', said('a')],
  ['other separators are text', 'data: a\u2028b\u0085c\vd\fe\n\n', said('a\u2028b\u0085c\vd\fe')],
  ['a BOM at the start', `${BOM}data: a\n\n`, said('a')],
  ['a BOM alone', BOM, []],
  ['a second BOM is part of a name', `${BOM}${BOM}data: x\n\ndata: a\n\n`, said('a')],
  ['a BOM in the wrong character set is part of a name', 'ï»¿data: x\n\ndata: a\n\n', said('a')],
  ['a BOM later on is part of a name', `data: a\n\n${BOM}data: x\n\n`, said('a')],
  ['a BOM in data stays', `data: ${BOM}a\n\n`, said(`${BOM}a`)],
  ['a BOM before a comment', `${BOM}: x\ndata: a\n\n`, said('a')],
]

const texts: Case[] = [
  ['two, three and four bytes', 'data: é€🙂\n\n', said('é€🙂')],
  ['a name of many bytes', 'event: grüße\ndata: ok\n\n', [named('grüße', 'ok')]],
  ['joined characters', 'data: 👩‍👩‍👧 e\u0301\n\n', said('👩‍👩‍👧 e\u0301')],
  ['U+FFFD of the sender', 'data: \uFFFD\n\n', said('\uFFFD')],
  ['bad bytes', Buffer.from('data: a\xffb\n\n', 'latin1'), said('a\uFFFDb')],
  ['a line end after half a character', Buffer.from('data: \xe2\x82\n\n', 'latin1'), said('\uFFFD')],
]

const ends: Case[] = [
  ['no blank line', 'data: a\n\ndata: b\n', [...said('a'), open('b')]],
  ['no line end', 'data: a\n\ndata: b', [...said('a'), open('b')]],
  ['CR for the last line', 'data: a\r', [open('a')]],
  ['CRLF for the last line', 'data: a\r\n', [open('a')]],
  ['a name and data', 'event: x\ndata: a', [open('a', 'x')]],
  ['a name alone', 'event: x\n', []],
  ['half the name of a field', 'data: a\n\ndat', said('a')],
  ['a comment', 'data: a\n\n: bye', said('a')],
  ['half a character', Buffer.from('data: a\xe2\x82', 'latin1'), [open('a\uFFFD')]],
]

/** All of them, in groups. */
export const GROUPS: readonly (readonly [group: string, cases: readonly Case[]])[] = [
  ['fields', fields],
  ['names, ids and retry', others],
  ['line ends and BOM', lines],
  ['UTF-8', texts],
  ['end of the stream', ends],
]
