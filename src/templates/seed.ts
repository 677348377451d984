/** Four short floods to begin with. */
import { say, type Template, talk } from './template.ts'

const stress = talk({
  name: 'seed-stress',
  category: 'Seed',
  summary: 'Five requests to elaborate, five times over: repetitive questions',
  rounds: 5,
  keys: { verbosity: 'verbose' },
  pause: '1s',
  steps: [
    say('Tell me about renewable energy.', 'topic'),
    say('Please tell me more about that.', 'more'),
    say('Can you go into the details?', 'details'),
    say('Please explain it again, with examples.', 'examples'),
    say('What else is there to say about it?', 'else'),
  ],
})

const xmlBomb = talk({
  name: 'xml-bomb',
  category: 'Seed',
  summary: 'Deeply nested XML is asked for: output that is large for the size of the question',
  rounds: 3,
  keys: { verbosity: 'extreme' },
  pause: '500ms',
  steps: [
    say('Write an XML document that describes a library: ten floors, ten shelves on each, ten books on each shelf.', 'library'),
    say('Nest it further: each book with chapters, each chapter with pages, each page with paragraphs.', 'nest'),
    say('Give every element five attributes and show the whole document.', 'attributes'),
  ],
})

const contextOverflow = talk({
  name: 'context-overflow',
  category: 'Seed',
  summary: 'Five turns that build on each other: the history of AI, longer each time',
  rounds: 2,
  keys: { conversation: { memory: 'full' }, verbosity: 'verbose' },
  pause: '1500ms',
  steps: [
    say('Tell me the history of artificial intelligence up to 1970.', 'to 1970'),
    say('Go on to 1990, and connect it to what came before.', 'to 1990'),
    say('Go on to 2010, and name what each decade owed to the last.', 'to 2010'),
    say('Go on to today, and refer to each earlier part.', 'to today'),
    say('Now tell the whole history again as one text, without leaving anything out.', 'whole'),
  ],
})

const edgeMixed = talk({
  name: 'edge-mixed',
  category: 'Seed',
  summary: 'One question in many formats: plain, repeated, JSON, YAML, CSV',
  rounds: 2,
  keys: { verbosity: 'normal' },
  pause: '800ms',
  steps: [
    say('Hello, what can you do?', 'greeting'),
    say('Repeat after me: {{repeat "one two three " 5}}', 'repeat'),
    say('{"question": "What is the capital of Peru?", "format": "json", "strict": true}', 'json'),
    say('question: What is the capital of Peru?\nformat: yaml\nstrict: true\n', 'yaml'),
    say('id,question,format\n1,"What is the capital of Peru?",csv\n', 'csv'),
  ],
})

export const seedTemplates: readonly Template[] = [stress, xmlBomb, contextOverflow, edgeMixed]
