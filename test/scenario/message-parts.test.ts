/** Messages of parts: what validate says of them, and what is sent. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { validateScenario } from '../../src/scenario/validate.ts'
import { localMock } from '../engine/targets.ts'
import { type RunInput, runScenario } from '../support/run.ts'

const BYTES = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255])

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'burn-parts-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  writeFileSync(join(made, 'cat.png'), BYTES)
  writeFileSync(join(made, 'cat'), BYTES)
  writeFileSync(join(made, 'empty.png'), '')
  return made
}

function problemsOf(message: unknown, preset: string): string[] {
  const text = JSON.stringify({ name: 't', target: { url: 'mock:', preset, model: 'm' }, steps: [{ message }] })
  const { problems } = validateScenario(text, join(folder(), 't.json'), { env: {} })
  return problems.map(({ code, path, message: said }) => `${code} ${path}: ${said}`)
}

test.each<[string, unknown, string[]]>([
  ['openai', [{ text: 'a' }, { image: 'cat.png' }, { image: '{{user.id}}.png' }, { image: 'https://e.org/a?b=c.gif' }], []],
  ['openai', [{ image: 'cat', type: 'image/png' }], []],
  ['openai', [{ image: 'cat' }], ['E_PART steps.0.message.0.image: what cat holds cannot be seen by its name']],
  [
    'openai',
    [{ image: 'cat.pdf' }],
    [
      'E_FILE steps.0.message.0.image: cat.pdf is not there',
      'E_PART steps.0.message.0.image: cat.pdf is application/pdf, and no image',
    ],
  ],
  ['openai', [{ audio: 'cat.png' }], ['E_PART steps.0.message.0.audio: cat.png is image/png, and no sound']],
  ['gemini', [{ image: 'cat.png', type: 'text/plain' }], ['E_PART steps.0.message.0.image: cat.png is text/plain, and no image']],
  [
    'openai',
    [{ image: 'ftp://e.org/a.png' }],
    ['E_PART steps.0.message.0.image: an address that begins with ftp:// is not sent'],
  ],
  [
    'openai',
    [{ image: 'data:image/png;base64,AA==' }],
    ['E_PART steps.0.message.0.image: an address that begins with data: is not sent'],
  ],
  ['openai', [{ file: '//e.org/a.pdf' }], ['E_PART steps.0.message.0.file: an address that begins with // is not sent']],
  ['openai', [{ image: 'HTTPS://e.org/a.png' }], []],
  ['openai', [{ image: 'empty.png' }], ['E_FILE steps.0.message.0.image: empty.png is empty']],
  ['openai', [{ image: 'dog.png' }], ['E_FILE steps.0.message.0.image: dog.png is not there']],
  ['openai', [{ image: '../cat.png' }], ['E_FILE steps.0.message.0.image: ../cat.png is not there']],
  [
    'openai',
    [{ image: 'pictures/{{user.id}}.png' }],
    ['E_PART steps.0.message.0.image: a file is read before the run: its path cannot be a template'],
  ],
  [
    'openai',
    [{ text: 'a' }, { audio: 'https://e.org/a.wav' }],
    [
      'E_PART steps.0.message.1.audio: the API format openai-chat takes sound and files by their content only: name a file of the folder',
    ],
  ],
  ['anthropic', [{ audio: 'https://e.org/a.wav' }], ['E_PART steps.0.message.0.audio: the API format anthropic takes no sound']],
  [
    'ollama',
    [{ image: 'https://e.org/a.png' }],
    ['E_PART steps.0.message.0.image: the API format ollama takes images by their content only: name a file of the folder'],
  ],
  ['custom-http', [{ image: 'cat.png' }], ['E_PART steps.0.message.0.image: the API format generic takes texts only']],
  ['custom-http', [{ text: 'a' }, { text: 'b' }], []],
  ['gemini', [{ audio: 'silence:2s' }], []],
  ['gemini', [{ audio: 'silence:1h' }], ['E_PART steps.0.message.0.audio: silence:1h is no silence of up to 4 minutes']],
  [
    'openai-transcriptions',
    'hi',
    ['E_PART steps.0.message: the API format openai-transcriptions takes no message without audio'],
  ],
  [
    'openai-transcriptions',
    [{ text: 'a name in it' }],
    ['E_PART steps.0.message: the API format openai-transcriptions takes no message without audio'],
  ],
  ['openai-transcriptions', [{ text: 'a name in it' }, { audio: 'silence:1s' }], []],
  ['rerank', 'query', ['E_PART steps.0.message: the API format rerank takes no message without documents']],
  ['rerank', [{ text: 'query' }], ['E_PART steps.0.message: the API format rerank takes no message without documents']],
  ['rerank', [{ text: 'query' }, { text: 'document' }], []],
  ['openai-transcriptions', [{ audio: 1 }], ['E_TYPE steps.0.message.0.audio: expected text, got 1']],
  ['openai', [{ text: '{{nobody}}' }], ['E_UNKNOWN_VARIABLE steps.0.message.0.text: there is no variable nobody']],
  ['openai', [{ image: 'cat.png', text: 'a' }], ['E_VALUE steps.0.message.0: expected exactly one of text, image, audio, file']],
  ['openai', [{ text: 'a', type: 'image/png' }], ['E_VALUE steps.0.message.0.type: a text has no media type, got "image/png"']],
])('%s: %j', (preset, message, expected) => {
  expect(problemsOf(message, preset).map((said) => said.replace(/; .*/, ''))).toEqual(expected)
})

test('documents of the target are enough for a rerank query', () => {
  const target = { url: 'mock:', preset: 'rerank', model: 'm', body: { documents: ['a', 'b'] } }
  const text = JSON.stringify({ name: 't', target, steps: [{ message: 'query' }] })
  expect(validateScenario(text, 't.json', { env: {} }).problems).toEqual([])
})

test('parts are sent, and sent again with the turns after them', async () => {
  const mock = await localMock({ firstTokenMs: 0, gapMs: 0, tokens: 4 })
  const scenario: RunInput = {
    name: 'parts',
    target: { preset: 'openai-chat', url: `${mock.url}/v1/chat/completions` },
    verbosity: { suffix: ' Be brief.' },
    steps: [{ message: [{ text: 'What is this, {{user.number}}?' }, { image: 'cat.png' }] }, { message: 'Sure?' }],
  }
  const { result, attempts } = await runScenario(scenario, { baseDir: folder() })
  expect(result.total.counts).toMatchObject({ planned: 2, ok: 2 })
  expect(attempts[0]?.prompt).toBe('What is this, 1?\nBe brief.')
  const [one, two] = mock.log().map(({ body }) => JSON.parse(body).messages)
  const message = [
    { type: 'text', text: 'What is this, 1?' },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${BYTES.toString('base64')}` } },
    { type: 'text', text: 'Be brief.' },
  ]
  expect(one).toEqual([{ role: 'user', content: message }])
  expect(two[0]).toEqual({ role: 'user', content: message })
  expect(two[2]).toEqual({ role: 'user', content: 'Sure? Be brief.' })
})

test('a text file is read as text once, and goes to Anthropic as such', async () => {
  const mock = await localMock({ firstTokenMs: 0, gapMs: 0, tokens: 1 })
  const target = { preset: 'anthropic', url: `${mock.url}/v1/messages`, model: 'm' } as const
  const baseDir = folder()
  writeFileSync(join(baseDir, 'a.md'), '# Größe')
  await runScenario({ name: 'parts', target, steps: [{ message: [{ file: 'a.md' }] }, { message: 'Sure?' }] }, { baseDir })
  const documents = mock.log().map(({ body }) => JSON.parse(body).messages[0].content[0])
  const block = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: '# Größe' } }
  expect(documents).toEqual([block, block])
})

test('the mock speaks of the parts that it got', async () => {
  const mock = await localMock({ firstTokenMs: 0, gapMs: 0, tokens: 8 })
  const { attempts } = await runScenario(
    {
      name: 'parts',
      targets: Object.fromEntries(
        (['openai', 'anthropic', 'gemini', 'ollama'] as const).map((preset) => [preset, { preset, url: mock.url, model: 'm' }]),
      ),
      steps: ['openai', 'anthropic', 'gemini', 'ollama'].map((target) => ({
        target,
        message: [{ text: 'Look' }, { image: 'cat.png' }],
      })),
      conversation: { memory: 'none' },
    },
    { baseDir: folder() },
  )
  expect(attempts.map(({ exchange }) => /^turn 1: Look (\S+)/.exec(exchange.text)?.[1])).toEqual([
    '[image_url]',
    '[image]',
    '[inlineData]',
    '[image]',
  ])
})
