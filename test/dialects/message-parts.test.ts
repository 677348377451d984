/** Messages of parts in the form of each API, as their documentation shows it. */
import { expect, test } from 'vitest'
import { dialectNamed } from '../../src/dialects/index.ts'
import type { Attachment } from '../../src/dialects/parts/dialect.ts'
import { TargetError } from '../../src/errors.ts'

const PNG: Attachment = { kind: 'image', mediaType: 'image/png', name: 'cat.png', source: { base64: 'aQ==' } }
const WAV: Attachment = { kind: 'audio', mediaType: 'audio/wav', name: 'hi.wav', source: { base64: 'YQ==' } }
const PDF: Attachment = { kind: 'file', mediaType: 'application/pdf', name: 'a.pdf', source: { base64: 'Zg==' } }
const TXT: Attachment = { kind: 'file', mediaType: 'text/plain', name: 'a.txt', source: { base64: 'w6Q=', text: 'ä' } }
const at = (attachment: Attachment): Attachment => ({ ...attachment, source: { url: `https://e.org/${attachment.name}` } })

const bodyOf = (dialect: string, parts: readonly (string | Attachment)[]) => {
  const content = parts.filter((part) => typeof part === 'string').join('\n')
  const turns = [
    { role: 'user', content, parts } as const,
    { role: 'assistant', content: 'A cat.' } as const,
    { role: 'user', content: 'Sure?' } as const,
  ]
  return JSON.parse(JSON.stringify(dialectNamed(dialect)?.encode(turns, { stream: false }, undefined)))
}

const first = (dialect: string, parts: readonly (string | Attachment)[]) => {
  const { messages, contents, input } = bodyOf(dialect, parts)
  const [turn, ...others] = messages ?? contents ?? input
  // Turns of text stay what they are.
  expect(JSON.stringify(others)).toContain('Sure?')
  return turn.parts ?? turn.content
}

test.each<[string, Attachment, object]>([
  ['openai-chat', PNG, { type: 'image_url', image_url: { url: 'data:image/png;base64,aQ==' } }],
  ['openai-chat', at(PNG), { type: 'image_url', image_url: { url: 'https://e.org/cat.png' } }],
  ['openai-chat', WAV, { type: 'input_audio', input_audio: { data: 'YQ==', format: 'wav' } }],
  ['openai-chat', { ...WAV, mediaType: 'audio/mpeg' }, { type: 'input_audio', input_audio: { data: 'YQ==', format: 'mp3' } }],
  ['openai-chat', PDF, { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,Zg==' } }],
  ['openai-responses', PNG, { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,aQ==' }],
  ['openai-responses', at(PNG), { type: 'input_image', detail: 'auto', image_url: 'https://e.org/cat.png' }],
  ['openai-responses', PDF, { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,Zg==' }],
  ['openai-responses', at(PDF), { type: 'input_file', file_url: 'https://e.org/a.pdf' }],
  ['anthropic', PNG, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aQ==' } }],
  ['anthropic', at(PNG), { type: 'image', source: { type: 'url', url: 'https://e.org/cat.png' } }],
  ['anthropic', PDF, { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'Zg==' } }],
  ['anthropic', TXT, { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'ä' } }],
  ['anthropic', at(PDF), { type: 'document', source: { type: 'url', url: 'https://e.org/a.pdf' } }],
  ['gemini', PNG, { inlineData: { mimeType: 'image/png', data: 'aQ==' } }],
  ['gemini', WAV, { inlineData: { mimeType: 'audio/wav', data: 'YQ==' } }],
  ['gemini', at(PDF), { fileData: { mimeType: 'application/pdf', fileUri: 'https://e.org/a.pdf' } }],
  ['gemini', { ...at(PDF), mediaType: undefined }, { fileData: { fileUri: 'https://e.org/a.pdf' } }],
])('%s: %o', (dialect, attachment, expected) => {
  const list = first(dialect, ['What is', attachment, 'this?'])
  expect(list).toHaveLength(3)
  expect(list[1]).toEqual(expected)
  expect(JSON.stringify(list[0])).toContain('What is')
  expect(JSON.stringify(list[2])).toContain('this?')
})

test.each([
  ['openai-chat', { type: 'text', text: 'a' }],
  ['openai-responses', { type: 'input_text', text: 'a' }],
  ['anthropic', { type: 'text', text: 'a' }],
  ['gemini', { text: 'a' }],
])('%s: a text in a list of parts is %j', (dialect, expected) => {
  expect(first(dialect, ['a', PNG])[0]).toEqual(expected)
})

test('Ollama has its images beside the text', () => {
  expect(bodyOf('ollama', ['a', PNG, 'b']).messages[0]).toEqual({ role: 'user', content: 'a\nb', images: ['aQ=='] })
  expect(bodyOf('ollama', ['a', PNG, 'b']).messages[2]).toEqual({ role: 'user', content: 'Sure?' })
  expect(bodyOf('ollama-generate', ['a', PNG, 'b']).images).toEqual(['aQ=='])
})

test.each<[string, Attachment, string]>([
  ['openai-chat', at(WAV), 'hi.wav: the API takes sound and files by their content only: name a file of the folder'],
  ['openai-chat', { ...WAV, mediaType: 'audio/ogg' }, 'hi.wav: the API takes sound as WAV or MP3 only'],
  ['openai-responses', WAV, 'hi.wav: the API takes no sound'],
  ['anthropic', WAV, 'hi.wav: the API takes no sound'],
  ['anthropic', { ...PDF, mediaType: 'application/zip' }, 'a.pdf: the API takes files that are PDF or text only'],
  ['ollama', PDF, 'a.pdf: the API takes images only'],
  ['ollama', at(PNG), 'cat.png: the API takes images by their content only: name a file of the folder'],
])('%s refuses %o', (dialect, attachment, message) => {
  expect(() => bodyOf(dialect, [attachment])).toThrow(new TargetError('local_request', 'send', message))
})
