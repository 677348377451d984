/** Four short floods to begin with. */
import { FEW_ERRORS, repeated, say, spaced, type Template } from './template.ts'

const stress: Template = {
  name: 'seed-stress',
  category: 'Seed',
  summary: 'Five requests to elaborate, five times over: repetitive questions',
  messages: { perIteration: 5, iterations: 5 },
  scenario: () => ({
    load: repeated(5),
    verbosity: 'verbose',
    steps: spaced(
      '1s',
      say('Tell me about renewable energy.', { name: 'topic' }),
      say('Please tell me more about that.', { name: 'more' }),
      say('Can you go into the details?', { name: 'details' }),
      say('Please explain it again, with examples.', { name: 'examples' }),
      say('What else is there to say about it?', { name: 'else' }),
    ),
    thresholds: [FEW_ERRORS],
  }),
}

const xmlBomb: Template = {
  name: 'xml-bomb',
  category: 'Seed',
  summary: 'Deeply nested XML is asked for: output that is large for the size of the question',
  messages: { perIteration: 3, iterations: 3 },
  scenario: () => ({
    load: repeated(3),
    verbosity: 'extreme',
    steps: spaced(
      '500ms',
      say('Write an XML document that describes a library: ten floors, ten shelves on each, ten books on each shelf.', {
        name: 'library',
      }),
      say('Nest it further: each book with chapters, each chapter with pages, each page with paragraphs.', { name: 'nest' }),
      say('Give every element five attributes and show the whole document.', { name: 'attributes' }),
    ),
    thresholds: [FEW_ERRORS],
  }),
}

const contextOverflow: Template = {
  name: 'context-overflow',
  category: 'Seed',
  summary: 'Five turns that build on each other: the history of AI, longer each time',
  messages: { perIteration: 5, iterations: 2 },
  scenario: () => ({
    load: repeated(2),
    conversation: { memory: 'full' },
    verbosity: 'verbose',
    steps: spaced(
      '1500ms',
      say('Tell me the history of artificial intelligence up to 1970.', { name: 'to 1970' }),
      say('Go on to 1990, and connect it to what came before.', { name: 'to 1990' }),
      say('Go on to 2010, and name what each decade owed to the last.', { name: 'to 2010' }),
      say('Go on to today, and refer to each earlier part.', { name: 'to today' }),
      say('Now tell the whole history again as one text, without leaving anything out.', { name: 'whole' }),
    ),
    thresholds: [FEW_ERRORS],
  }),
}

const edgeMixed: Template = {
  name: 'edge-mixed',
  category: 'Seed',
  summary: 'One question in many formats: plain, repeated, JSON, YAML, CSV',
  messages: { perIteration: 5, iterations: 2 },
  scenario: () => ({
    load: repeated(2),
    verbosity: 'normal',
    steps: spaced(
      '800ms',
      say('Hello, what can you do?', { name: 'greeting' }),
      say('Repeat after me: {{repeat "one two three " 5}}', { name: 'repeat' }),
      say('{"question": "What is the capital of Peru?", "format": "json", "strict": true}', { name: 'json' }),
      say('question: What is the capital of Peru?\nformat: yaml\nstrict: true\n', { name: 'yaml' }),
      say('id,question,format\n1,"What is the capital of Peru?",csv\n', { name: 'csv' }),
    ),
    thresholds: [FEW_ERRORS],
  }),
}

export const seedTemplates: readonly Template[] = [stress, xmlBomb, contextOverflow, edgeMixed]
