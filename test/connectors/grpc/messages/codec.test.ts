/** Messages as ProtoJSON: what is taken, what is printed, what is refused. @see https://protobuf.dev/programming-guides/json */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { decodeReply, encodeRequest } from '../../../../src/connectors/grpc/messages/codec.ts'
import { findMethod, loadProtos } from '../../../../src/connectors/grpc/messages/protos.ts'

const folder = mkdtempSync(join(tmpdir(), 'proto-json-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(
  join(folder, 'all.proto'),
  `syntax = "proto3";
package t;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/any.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/empty.proto";
enum Mood { UNKNOWN = 0; GOOD = 1; BAD = -2; }
message Inner { string user_id = 1; }
message M {
  google.protobuf.Timestamp ts = 1;
  google.protobuf.Duration took = 2;
  google.protobuf.StringValue nick = 3;
  google.protobuf.Int64Value big = 4;
  google.protobuf.BytesValue raw = 5;
  google.protobuf.BoolValue yes = 6;
  google.protobuf.Struct extra = 7;
  google.protobuf.Value any_value = 8;
  google.protobuf.ListValue list = 9;
  google.protobuf.Any packed = 10;
  google.protobuf.FieldMask mask = 11;
  google.protobuf.Empty nothing = 12;
  google.protobuf.NullValue nil = 13;
  uint64 user_id = 20;
  int64 signed = 21;
  int32 small = 22;
  double ratio = 23;
  float part = 24;
  bytes data = 25;
  Mood mood = 26;
  bool on = 27;
  string renamed = 28 [json_name = "other"];
  repeated Mood moods = 29;
  map<int64, string> by_id = 30;
  map<string, Inner> inners = 31;
  oneof pick { string left = 32; int32 right = 33; }
  optional int32 maybe = 34;
  Inner inner_one = 35;
}
service S { rpc Do(M) returns (M); }
`,
)
const method = findMethod(loadProtos([join(folder, 'all.proto')], [], folder), 't.S', 'Do')
const there = (message: unknown) => encodeRequest(method, message)
/** What was set of a message that went there and back. */
function back(message: Record<string, unknown>, names: 'proto' | 'json' = 'proto'): Record<string, unknown> {
  const empty = decodeReply(method, there({}), names) as Record<string, unknown>
  const all = decodeReply(method, there(message), names) as Record<string, unknown>
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(empty[name])))
}

describe('there and back', () => {
  test.each<[Record<string, unknown>, Record<string, unknown>?]>([
    [{ ts: '2024-01-02T03:04:05.500Z' }],
    [{ ts: '2024-01-02T03:04:05.5+01:00' }, { ts: '2024-01-02T02:04:05.500Z' }],
    [{ ts: '1969-12-31T23:59:59.000000001Z' }],
    [{ ts: { seconds: '1704164645', nanos: 500000000 } }, { ts: '2024-01-02T03:04:05.500Z' }],
    [{ took: '1.5s' }, { took: '1.500s' }],
    [{ took: '-0.000001s' }],
    [{ took: { seconds: 3 } }, { took: '3s' }],
    [{ nick: 'ada' }],
    [{ nick: '' }],
    [{ nick: { value: 'ada' } }, { nick: 'ada' }],
    [{ big: '9007199254740993', yes: false, raw: 'AAE=' }],
    [{ extra: { k: 1, deep: { list: [1, 'a', null, true, { x: [] }] } } }],
    [{ extra: { fields: { k: { numberValue: 1 }, n: { nullValue: 'NULL_VALUE' } } } }, { extra: { k: 1, n: null } }],
    [{ extra: { fields: 'not of a Struct' } }],
    [{ any_value: [1, 'two'] }],
    [{ any_value: { stringValue: 'x' } }, { any_value: 'x' }],
    [{ list: [1, null, 'x'] }],
    [
      { packed: { '@type': 'type.googleapis.com/t.Inner', userId: 'u' } },
      { packed: { '@type': 'type.googleapis.com/t.Inner', user_id: 'u' } },
    ],
    [{ packed: { '@type': 'x/google.protobuf.Duration', value: '2s' } }],
    [{ packed: { type_url: 'x/unknown.T', value: 'AAE=' } }, { packed: { '@type': 'x/unknown.T', value: 'AAE=' } }],
    [{ mask: 'user_id,deep.userName' }, { mask: 'userId,deep.userName' }],
    [{ mask: { paths: ['user_id'] } }, { mask: 'userId' }],
    [{ nothing: {} }],
    [{ user_id: '18446744073709551615', signed: '-9223372036854775808', small: -2147483648 }],
    [
      { userId: 7, small: '5', on: 'true' },
      { user_id: '7', small: 5, on: true },
    ],
    [
      { small: 1e3, signed: '1e3' },
      { small: 1000, signed: '1000' },
    ],
    [{ ratio: 'NaN', part: '-Infinity' }],
    [{ ratio: 0.1, part: 0.1 }],
    [{ data: '-_8' }, { data: '+/8=' }],
    [{ data: '+/8=' }],
    [
      { mood: 'BAD', moods: [1, 'UNKNOWN', 7] },
      { mood: 'BAD', moods: ['GOOD', 'UNKNOWN', 7] },
    ],
    [{ other: 'x' }, { renamed: 'x' }],
    [{ by_id: { '-5': 'minus', '9007199254740993': 'big' } }],
    [{ inners: { a: { user_id: '1' }, __proto__x: { user_id: '2' } } }],
    [{ left: '' }],
    [{ right: 0 }],
    [{ maybe: 0 }],
    [{ inner_one: {} }, { inner_one: { user_id: '' } }],
    [{ ts: null, small: null, moods: null }, {}],
  ])('%j', (message, expected = message) => {
    expect(JSON.parse(JSON.stringify(back(message)))).toEqual(expected)
  })

  test('null is a value of Value, and no other field', () => {
    expect([there({ anyValue: null }), there({ ts: null, mood: null })]).toEqual([Buffer.from([0x42, 2, 8, 0]), Buffer.alloc(0)])
  })

  test('a key that is called as the prototype is a key', () => {
    const message = JSON.parse('{"extra":{"__proto__":1},"inners":{"__proto__":{"user_id":"p"}}}')
    expect(JSON.stringify(back(message))).toBe('{"extra":{"__proto__":1},"inners":{"__proto__":{"user_id":"p"}}}')
  })

  test('fields by their JSON names', () => {
    expect(back({ user_id: 7, renamed: 'x', inner_one: { user_id: 'u' } }, 'json')).toEqual({
      userId: '7',
      other: 'x',
      innerOne: { userId: 'u' },
    })
  })

  test('what was not set shows its default, but for oneofs and optional fields', () => {
    const all = decodeReply(method, Buffer.alloc(0)) as object
    expect(all).toMatchObject({
      ts: null,
      user_id: '0',
      small: 0,
      data: '',
      mood: 'UNKNOWN',
      on: false,
      renamed: '',
      moods: [],
      by_id: {},
    })
    expect(Object.keys(all)).not.toContain('left')
    expect(Object.keys(all)).not.toContain('maybe')
  })
})

describe('refused', () => {
  test.each<[unknown, string]>([
    [{ usr_id: 1 }, 'usr_id: the message has no such field; did you mean user_id?'],
    [{ innerOne: { userID: 1, other: 2 } }, 'innerOne.userID: the message has no such field; did you mean user_id?'],
    [{ user_id: 1, userId: 2 }, 'userId: the field user_id is given twice'],
    [{ left: 'a', right: 1 }, 'right: only one of left and right can be set'],
    [{ ts: 'yesterday' }, 'ts: "yesterday" is no time, such as 2024-01-02T03:04:05.5Z'],
    [{ ts: 5 }, 'ts: object expected, not 5'],
    [{ took: '1.5' }, 'took: "1.5" is no duration, such as 1.5s'],
    [{ small: 2147483648 }, 'small: 2147483648 is not a value of this field, which takes int32'],
    [{ small: 1.5 }, 'small: 1.5 is not'],
    [{ small: 'x' }, 'small: "x" is not'],
    [{ small: true }, 'small: true is not'],
    [{ user_id: -1 }, 'user_id: -1 is not'],
    [{ user_id: 2 ** 60 }, 'write it as text'],
    [{ part: 1e39 }, 'part: 1e+39 is not'],
    [{ on: 1 }, 'on: 1 is not'],
    [{ data: 'ä' }, 'data: "ä" is not a value of this field, which takes base64'],
    [{ mood: 'GOD' }, 'mood: "GOD" is not a value of this field; did you mean GOOD?'],
    [{ moods: 'GOOD' }, 'moods: array expected, not "GOOD"'],
    [{ moods: ['GOOD', 'x'] }, 'moods[1]: "x" is not a value of this field; there is UNKNOWN, GOOD, BAD'],
    [{ by_id: { x: 'y' } }, 'by_id.x: "x" is not a key of this map, which takes int64'],
    [{ big: 'many' }, 'big: "many" is not'],
    [{ packed: { '@type': 'x/no.Such' } }, 'packed.@type: the protos have no message "x/no.Such"'],
    [{ renamed: { a: 1 } }, 'renamed: {"a":1} is not a value of this field, which takes text'],
    ['text', 'object expected, not "text"'],
    [[1], 'object expected'],
  ])('%j', (message, said) => {
    expect(() => there(message)).toThrow(said)
  })
})
