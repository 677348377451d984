/** Scenarios with something wrong with them. What burn says of each stands in broken.expected.txt. */

const HEAD = 'name: t\ntarget: { url: http://127.0.0.1/ }\n'
const STEPS = 'steps: [ { message: hi } ]\n'
const whole = (more: string) => `${HEAD}${STEPS}${more}`
const steps = (more: string) => `${HEAD}steps:\n${more}`
const load = (more: string) => `${HEAD}${STEPS}load:\n${more}`

/** Title, text and, when it is not YAML, the file name. */
export const brokenCases: readonly (readonly [title: string, text: string, file?: string])[] = [
  // keys
  ['unknown key at the top', whole('treshholds: [ errors ratio < 1% ]\n')],
  ['unknown key without a likeness', whole('colour: red\n')],
  ['unknown key that belongs elsewhere', whole('url: http://127.0.0.1/\n')],
  ['unknown key that belongs deeper', whole('conversation: { maxTokens: 100 }\n')],
  ['two unknown keys', whole('foo: 1\nbarr: 2\n')],
  ['unknown key in a target', `name: t\ntarget:\n  url: http://127.0.0.1/\n  modle: gpt\n${STEPS}`],
  ['missing keys', 'name: t\n'],
  ['missing key inside', whole('thresholds: [ { window: 10s } ]\n')],
  ['empty value', `${HEAD}steps:\n`],
  ['misspelt step', steps('  - mesage: hi\n')],
  ['step of two kinds', steps('  - message: hi\n    delay: 1s\n')],
  ['step of no kind', steps('  - name: open\n')],
  ['step that is a text', steps('  - hello\n')],
  ['empty step', steps('  -\n')],
  [
    'misspelt key in a nested step',
    steps('  - loop:\n      times: 2\n      steps:\n        - if: reply.ok\n          then: [ { message: a, nmae: b } ]\n'),
  ],
  ['loop without steps', steps('  - loop: { times: 3 }\n')],
  ['loop with an empty list', steps('  - loop: { times: 3, steps: [] }\n')],
  ['loop without a bound', steps('  - loop: { steps: [ { message: hi } ] }\n')],
  ['if without then', steps('  - if: reply.ok\n    else: [ { message: hi } ]\n')],
  // variables made from variables, and several mistakes in one text
  ['variables in a circle', whole('vars: { a: "{{b}}", b: "x {{c}}", c: [ "{{default a 1}}" ] }\n')],
  ['a variable made from itself', whole('vars: { who: "{{who}}!" }\n')],
  [
    'variables of a group in a circle',
    whole('vars: { a: "{{b}}", b: x }\ngroups: { g: { vars: { b: "{{a}}" } }, h: { vars: { a: "{{a}}", c: "{{c}}" } } }\n'),
  ],
  ['a variable that only groups have', whole('vars: { a: "{{tier}}" }\ngroups: { g: { vars: { tier: gold } } }\n')],
  [
    'three mistakes in one text',
    steps(
      '  - message: "{{produkt}} {{user.nmae}} {{randomInteger 1 2}} {{#if reply.ok}}{{randomTxt 5}}{{/if}}"\nvars: { product: x }\n',
    ),
  ],
  [
    'numbers that are meant as texts',
    whole(
      'vars: { zip: 00501, phone: +4917012345, hex: 0x1F, exp: 1e3, v: 1.10, fine: 12, half: 0.5, text: "007", list: [ 010 ] }\n',
    ),
  ],
  [
    'numbers in requests',
    steps(
      '  - request: { json: { zip: 00501, n: 1.10, e: 1e3 }, headers: { X-V: 1.10 }, query: { a: 0x1F, b: -5 } }\n    capture: { a: status }\n  - { set: { v: 2.0 } }\n',
    ),
  ],
  // habits of other languages and tools
  [
    'delays without a unit',
    steps('  - delay: 2\n  - delay: "3"\n  - { message: hi, expect: [ "status: 200", "contains: a b" ] }\n'),
  ],
  [
    'rates in words',
    load(
      '  - { rate: 20rps, for: 10s }\n  - { rate: 20 per second, for: 10s }\n  - { rate: 1200 req/min, for: 10s }\n  - { rate: fast, for: 10s }\n',
    ),
  ],
  ['a load that is a map', `${HEAD}${STEPS}load: { users: 5, for: 10s }\n`],
  ['stages inside of load', `${HEAD}${STEPS}load: { stages: [ { duration: 10s, target: 5 } ] }\n`],
  ['stages inside of a phase', load('  - { stages: [ { duration: 10s, target: 5 } ] }\n')],
  ...[
    '{ bearer: x }',
    'Bearer x',
    '{ basic: "a:b" }',
    '{ apiKey: b }',
    '{ username: a, password: b }',
    '{ token: a }',
    '{ type: beerer, token: a }',
    '{}',
  ].map((auth): [string, string] => [`auth: ${auth}`, `name: t\ntarget: { url: http://127.0.0.1/, auth: ${auth} }\n${STEPS}`]),
  ...['[ "X-A: b" ]', '[ { name: X-A, value: b } ]', '"X-A: b"', '[ b ]'].map((headers): [string, string] => [
    `headers: ${headers}`,
    `name: t\ntarget: { url: http://127.0.0.1/, headers: ${headers} }\n${STEPS}`,
  ]),
  ...[
    'reply.status = 200',
    'reply.status === 200',
    'reply.ok and reply.status == 200',
    'reply.ok || not reply.ok',
    "reply.text contains 'x'",
    'reply.text.length > 5',
    'reply.text.includes("and x")',
    'reply.status <> 200',
    'reply.text =~ "x"',
    'reply.text == "a = b and c" and',
    'reply..ok',
  ].map((condition): [string, string] => [
    `if: ${condition}`,
    steps(`  - message: hi\n  - if: ${JSON.stringify(condition)}\n    then: [ { message: x } ]\n`),
  ]),
  ['requests by their method', steps('  - get: /x\n  - post: { url: /x, json: {} }\n  - http: { method: put, path: / }\n')],
  // keys of older files and of other tools
  ['bodySteps', steps('  - loop: { times: 2, bodySteps: [ { message: hi } ] }\n')],
  ['next', steps('  - { message: hi, next: b }\n  - { message: ho, id: b }\n')],
  ['a message that is a map', steps('  - message: { content: hi }\n')],
  ['extract and assert', steps('  - { message: hi, extract: { id: $.x }, assert: [ { type: contains, value: x } ] }\n')],
  [
    'steps with a type',
    steps(
      '  - { type: message, content: hi }\n  - { type: loop, iterations: 3, bodySteps: [] }\n  - { type: delay, durationMs: 500 }\n' +
        '  - { type: conditional, condition: "contains:x", thenSteps: [] }\n',
    ),
  ],
  ['repetitions, concurrency and pauses', whole('repetitions: 3\nconcurrency: 5\ndelayBetweenMs: 100\n')],
  ['mode of a conversation', whole('conversation: { mode: stateful }\n')],
  ['path of a reply', `name: t\ntarget:\n  url: http://127.0.0.1/\n  response: { path: $.x, errorPath: $.e }\n${STEPS}`],
  ['delay of min and max', steps('  - delay: { min: 1s, max: 2s }\n')],
  [
    'a name in a structure',
    `name: t\ntarget:\n  url: http://127.0.0.1/\n  request: { messagePath: $.m, structure: { a: "\${model}" } }\n${STEPS}foo: 1\n`,
  ],
  [
    'checks with a type',
    steps(
      '  - message: hi\n    expect: [ { type: contains, value: x }, { type: is-json }, { type: llm-rubric, value: x }, { latency: { threshold: 5 } } ]\n',
    ),
  ],
  ['one check without a list', steps('  - message: hi\n    expect: { status: 200 }\n')],
  ['load of k6', whole('vus: 5\nduration: 10s\nstages: [ { duration: 10s, target: 5 } ]\n')],
  ['stages as phases', load('  - { vus: 5, duration: 10s }\n  - { duration: 10s, target: 5 }\n')],
  ['load of Artillery', whole('config: { target: x }\nphases: [ { duration: 60, arrivalRate: 5 } ]\n')],
  ['phases of Artillery', load('  - { duration: 60, arrivalRate: 5, rampTo: 20 }\n')],
  ['nothing in its place', 'name: t\nendpoint: http://127.0.0.1/\nmessages: [ hi ]\n'],
  ['think time in a step', steps('  - { message: hi, think: 1 }\n  - { pause: 2s }\n')],
  // several faults of several kinds
  [
    'all at once',
    'name: t\ntarget: { url: http://127.0.0.1/, foo: 1 }\nload: [ { users: 5, for: 10 } ]\nsteps:\n' +
      '  - { message: "Hello {{usr.id}}", name: a }\n  - { message: "{{#if reply.ok}} there", name: a }\n' +
      '  - { if: "reply.jsn == 1", then: [ { message: "{{repeat \'x\' 99999999}}" } ] }\n' +
      'thresholds:\n  - ttft{step=opn} p95 < 1s\n  - ttft p95 < 800\n',
  ],
  [
    'what follows from a broken part is not told',
    'name: t\ntarget: { url: http://127.0.0.1/ }\nload:\n  - { name: main, users: 5, for: 10 }\nvras: { colour: red }\nsteps:\n' +
      '  - { mesage: "{{colour}}", name: open, captre: { ticket: $.id } }\n  - { message: "{{ticket}}" }\n' +
      '  - loop: { times: 2, stpes: [ { message: hi, name: inner } ] }\n' +
      'thresholds: [ "ttft{step=open} p95 < 1s", "ttft{step=step-2} p95 < 1s", "ttft{phase=main} p95 < 1s", "ttft{step=inner} p95 < 1s" ]\n',
  ],
  [
    'steps that nobody can read',
    `${HEAD}stpes: [ { message: "{{a}}", capture: { b: $.b } } ]\nteardown: [ { message: "{{b}} {{c}}" } ]\nthresholds: [ "ttft{step=a} p95 < 1s" ]\n`,
  ],
  ['variables that nobody can read', `${HEAD}vars: colour\nsteps: [ { message: "{{colour}} {{reply.txt}}" } ]\n`],
  ['a request with a fault in it', steps('  - request: { methd: GET, path: /x }\n  - { message: "{{nobody}}" }\n')],
  [
    'a target with a fault in it',
    `name: t\ntargets:\n  a: { url: http://127.0.0.1/ }\n  b: { ulr: x }\nsteps: [ { message: hi, target: b }, { message: ho, target: c } ]\n`,
  ],
  ['a key that stands twice, and more', `${HEAD}name: u\nsteps: [ { message: "{{usr}}" } ]\n`],
  ['a reference that is none, and more', `${HEAD}seed: \${x}\nsteps: [ { message: "{{usr}}" } ]\n`],
  // values
  ['number for text', steps('  - message: 5\n')],
  ['text for a number', load('  - { users: "5", for: 10s }\n')],
  ['yes for a boolean', load('  - { users: 5, for: 10s, warmup: yes }\n')],
  ['duration without a unit', load('  - { users: 5, for: 10 }\n')],
  ['duration with a bad unit', load('  - { users: 5, for: 10 sec }\n')],
  ['rate without a unit', load('  - { rate: 20, for: 10s }\n')],
  ['zero duration', load('  - { users: 5, for: 0s }\n')],
  ['duration longer than a timer', load('  - { users: 5, for: 25d }\n')],
  ['too few users', load('  - { users: 0, for: 10s }\n')],
  ['too many users', load('  - { users: 1000000, for: 10s }\n')],
  ['half a user', load('  - { users: 1.5, for: 10s }\n')],
  ['open load without room', load('  - { rate: 1/s, for: 10s, maxUsers: 0 }\n')],
  ['phase of two shapes', load('  - { users: 5, rate: 10/s, for: 10s }\n')],
  ['phase without a length', load('  - { users: 5 }\n')],
  ['phase of no shape', load('  - { name: main }\n')],
  ['misspelt ramp', load('  - { users: { form: 1, to: 5 }, for: 10s }\n')],
  ['empty load', `${HEAD}${STEPS}load: []\n`],
  ['name with a slash', `name: a/b\ntarget: { url: http://127.0.0.1/ }\n${STEPS}`],
  ['unknown preset', `name: t\ntarget: { preset: openai-chatt }\n${STEPS}`],
  ['unknown auth type', `name: t\ntarget:\n  url: http://127.0.0.1/\n  auth: { type: barer, token: "{{vu}}" }\n${STEPS}`],
  ['auth without a type', `name: t\ntarget:\n  url: http://127.0.0.1/\n  auth: { token: "{{vu}}" }\n${STEPS}`],
  ['bad memory', whole('conversation: { memory: ful }\n')],
  ['bad seed', whole('seed: [ 1 ]\n')],
  ['bad delay', steps('  - message: hi\n  - delay: soon\n')],
  ['delay without a unit', steps('  - message: hi\n  - delay: 5\n')],
  ['bad capture name', steps('  - message: hi\n    capture: { a-b: $.x }\n')],
  ['bad capture source', steps('  - message: hi\n    capture: { a: x.y }\n')],
  ['unknown check', steps('  - message: hi\n    expect: [ { statsu: 200 } ]\n')],
  ['bad check', steps('  - message: hi\n    expect: [ { ttft: "< 5" } ]\n')],
  ['request of an unknown form', steps('  - request: { methd: GET, path: /x }\n')],
  // thresholds
  ['threshold without a unit', whole('thresholds:\n  - ttft p95 < 800\n')],
  ['threshold on an unknown metric', whole('thresholds:\n  - "tfft p95 < 800ms"\n')],
  [
    'threshold on an unknown step',
    steps('  - message: hi\n    name: open\nthresholds:\n  - { threshold: "ttft{step=opn} p95 < 1s" }\n'),
  ],
  [
    'threshold on a warm-up',
    load(
      '  - { name: warm, users: 1, for: 1s, warmup: true }\n  - { users: 1, for: 1s }\nthresholds: [ "ttft{phase=warm} p95 < 1s" ]\n',
    ),
  ],
  ['threshold with an unknown tag', whole('thresholds: [ "ttft{stpe=open} p95 < 1s" ]\n')],
  // language
  ['template that is not closed', steps('  - message: "Hello {{user.id"\n')],
  ['block that is not closed', steps('  - message: |\n      Hello\n        {{#if reply.ok}} there\n')],
  ['unknown variable in a plain text', steps('  - message: Hello {{usr.id}} there\n')],
  ['unknown variable in a quoted text', steps('  - message: "tab\\t \\u00e9 {{usr.id}}"\n')],
  ['unknown variable in a literal block', steps('  - message: |\n      one\n        two {{usr.id}}\n')],
  ['unknown variable in a folded block', steps('  - message: >-\n      one\n      two\n\n      three {{usr.id}}\n')],
  ["unknown variable after ''", steps("  - message: 'it''s {{usr.id}}'\n")],
  ['unknown variable in a long plain text', steps('  - message: one\n      two\n      {{usr.id}}\n')],
  ['variable after a reference', steps('  - message: "${env.SET} {{usr.id}}"\n')],
  ['unknown helper', steps('  - message: "{{uper reply.text}}"\n')],
  [
    'loop in a condition outside of a loop',
    steps('  - message: hi\n  - if: reply.ok && loop.index > 1\n    then: [ { message: a } ]\n'),
  ],
  ['a member that no loop has', steps('  - loop: { while: "loop.idx < 2", steps: [ { message: "{{loop.cnt}}" } ] }\n')],
  [
    'a fault after a word that CEL reserves',
    steps('  - loop: { while: "loop.index < 2 && && x", steps: [ { message: hi } ] }\n'),
  ],
  ['misspelt members', steps('  - message: "{{reply.jsn}} {{iteration.indx}} {{user.nam}} {{model.x}}"\n')],
  [
    'names of older files',
    steps(
      '  - message: "{{messageIndex}} {{timestamp}} {{tokenCount}} {{lastResponse}}"\n  - if: response == var.x\n    then: [ { message: a } ]\n',
    ),
  ],
  ['arguments out of bounds', steps('  - message: "{{repeat reply.text 99999999}}"\n  - message: "{{randomInt 5 1}}"\n')],
  ['loop outside of a loop', steps('  - message: "{{loop.index}}"\n')],
  ['variable that comes too late', steps('  - message: "{{ticket}}"\n  - message: b\n    capture: { ticket: $.id }\n')],
  ['variable that hides', whole('vars: { reply: 1 }\n')],
  ['condition that does not parse', steps('  - message: hi\n  - if: reply.text ==\n    then: [ { message: a } ]\n')],
  ['condition that is no condition', steps('  - message: hi\n  - if: 1 + 1\n    then: [ { message: a } ]\n')],
  [
    'condition on an unknown variable',
    steps(
      '  - message: hi\n  - if: reply.ok && tiket == "reply"\n    then: [ { message: a } ]\n    else: [ { set: { ticket: 1 } } ]\n',
    ),
  ],
  ['check on an unknown variable', steps('  - message: hi\n    expect: [ { expression: replly.ok } ]\n')],
  ['bad JSONPath', steps('  - message: hi\n    capture: { a: "$.a[" }\n')],
  ['bad regular expression', steps('  - message: hi\n    capture: { a: /x(/ }\n')],
  ['look-around in a check', steps('  - message: hi\n    expect: [ { regex: "(?=a)b" } ]\n')],
  // sense
  ['two steps of one name', steps('  - { message: hi, name: a }\n  - { message: ho, name: a }\n')],
  ['a name that is somebody’s default', steps('  - { message: hi, name: step-2 }\n  - { message: ho }\n')],
  ['two phases of one name', load('  - { name: a, users: 1, for: 1s }\n  - { name: a, users: 1, for: 1s }\n')],
  ['nothing but warm-up', load('  - { users: 1, for: 1s, warmup: true }\n')],
  ['nothing but a pause', load('  - { pause: 1s }\n')],
  ['nothing is sent', steps('  - delay: 1s\n')],
  ['loops that multiply', steps('  - loop: { times: 1000, steps: [ { loop: { times: 1000, steps: [ { message: hi } ] } } ] }\n')],
  ['loop that never runs', steps('  - loop: { times: 0, steps: [ { message: hi } ] }\n')],
  ['large load', load('  - { users: 2000, for: 50m }\n  - { rate: 2000/s, for: 20m }\n')],
  [
    'many users with a pace',
    load('  - { users: 800, for: 10s, pace: 5/s }\n  - { users: { to: 300 }, for: 10s, pace: 300/m }\n'),
  ],
  ['ramp longer than its phase', load('  - { users: 5, for: 10s, ramp: 20s }\n')],
  [
    'secrets in the file',
    `name: t\ntarget:\n  url: http://127.0.0.1/\n  headers: { x-api-key: sk-123456 }\n  auth: { type: bearer, token: sk-abcdef }\n${STEPS}`,
  ],
  ['credentials in the address', `name: t\ntarget: { url: "http://me:pass@127.0.0.1/" }\n${STEPS}`],
  ['insecure TLS', `name: t\ntarget:\n  url: https://127.0.0.1/\n  tls: { insecure: true }\n${STEPS}`],
  ['misspelt scheme', `name: t\ntarget: { url: htp://127.0.0.1/ }\n${STEPS}`],
  ['address without a scheme', `name: t\ntarget: { url: 127.0.0.1:8080/chat }\n${STEPS}`],
  ['target without an address', `name: t\ntarget: { model: m }\n${STEPS}`],
  ['preset with a variable', `name: t\ntarget: { preset: azure-openai, model: gpt }\n${STEPS}`],
  ['API without a model', `name: t\ntarget: { dialect: anthropic, url: http://127.0.0.1/ }\n${STEPS}`],
  ['mapping that does not belong', `name: t\ntarget: { preset: openai-chat, response: { text: $.x } }\n${STEPS}`],
  ['settings of another protocol', `name: t\ntarget:\n  url: http://127.0.0.1/\n  sse: { method: GET }\n${STEPS}`],
  // environment
  ['variable that is not set', steps('  - message: "Hello ${env.STE} there"\n')],
  ['reference without env', steps('  - message: "Hello ${SET}"\n')],
  ['reference that is not closed', steps('  - message: "Hello ${env.SET"\n')],
  ['reference in a key', whole('vars: { "${env.SET}": 1 }\n')],
  ['empty variable', steps('  - message: "${env.EMPTY}!"\n')],
  ['encrypted value', steps('  - message: "${env.CIPHER}"\n')],
  ['number that is not one', load('  - { users: "${env.SET}", for: 10s }\n')],
  // syntax
  ['empty file', '\n# nothing\n'],
  ['a list', '- a\n'],
  ['a text', 'hello\n'],
  ['tab as indentation', 'name: t\ntarget:\n\turl: x\n'],
  ['bad indentation', 'target:\n    url: x\n  model: y\n'],
  ['unclosed list', 'steps: [ { message: hi }\nname: t\n'],
  ['unclosed quote', 'name: "t\n'],
  ['bracket in a plain text', 'steps: [ { capture: { a: $.b[0] } } ]\n'],
  ['reference without quotes in a flow map', load('  - { users: ${env.SET}, for: 10s }\n')],
  ['template without quotes', steps('  - message: {{reply.text}} and more\n')],
  ['template without quotes, alone', steps('  - message: {{reply.text}}\n')],
  ['duplicate keys', 'name: a\nname: b\ntarget: { url: x, url: y, url: z }\n'],
  ['merge key', 'base: &b { url: x }\ntarget:\n  <<: *b\n'],
  ['alias that holds itself', 'vars: { a: &a [ 1, *a ] }\n'],
  ['alias of nothing', 'name: *a\n'],
  ['unknown tag', 'name: !thing t\n'],
  ['second document', 'name: a\n---\nname: b\n'],
  ['forbidden keys', 'vars:\n  __proto__: { a: 1 }\n  constructor: 1\n'],
  ['infinite numbers', 'vars: { a: .inf, b: .nan, c: 1e999 }\n'],
  ['number with too many digits', 'vars: { id: 12345678901234567890 }\n'],
  ['control character', 'name: "a\u0007b"\n'],
  [
    'wide characters before the place',
    'vars: { "日本": "😀 {{usr}}" }\nname: t\ntarget: { url: http://127.0.0.1/ }\nsteps: [ { message: hi } ]\n',
  ],
  ['text that would move the cursor', whole('"\\e[2J": 1\n')],
  // JSON
  ['JSON with a comment', '{\n  // hello\n  "name": "t"\n}\n', 'a.json'],
  ['JSON with a comma too many', '{\n  "name": "t",\n}\n', 'a.json'],
  ['JSON in single quotes', "{ 'name': 't' }", 'a.json'],
  ['JSON that ends early', '{ "name": [', 'a.json'],
  ['YAML in a JSON file', 'name: t\n', 'a.json'],
  [
    'JSON with an unknown key',
    '{\n\t"name": "t",\n\t"target": { "url": "http://127.0.0.1/" },\n\t"steps": [ { "mesage": "hi" } ]\n}\n',
    'a.json',
  ],
  ['JSON with duplicate keys', '{ "name": "a",\n  "name": "b" }', 'a.json'],
  [
    'JSON with an unknown variable',
    '{ "name": "t", "target": { "url": "http://127.0.0.1/" },\n  "steps": [ { "message": "a\\"b {{usr}}" } ] }',
    'a.json',
  ],
]
