/** Conversations with a thread: memory, branches, speed, length. */
import { type Data, loop, say, type Template, talk } from '../template.ts'

/** What a real model must still know; the mock knows nothing. */
const recalls = (mock: boolean, ...words: string[]): Data => (mock ? {} : { expect: [{ 'icontains-all': words }] })

const context = talk({
  name: 'conversation-context',
  category: 'Context',
  summary: 'A journey planned in ten turns, the last of which asks for everything said before',
  rounds: 2,
  keys: { conversation: { memory: 'full' }, verbosity: 'normal' },
  pause: '1500ms',
  steps: ({ mock }) => [
    say('I am planning a journey to Japan in April, for two weeks.', 'plan'),
    say('My name is Morgan, and I travel with my daughter, who is nine.', 'people'),
    say('Our budget is 4,000 euros without the flights.', 'budget'),
    say('I eat no fish. Where will that be difficult?', 'food'),
    say('We want to see Kyoto and Hiroshima. In which order?', 'cities'),
    say('In which month did I say that we travel?', 'recall month', recalls(mock, 'April')),
    say('Suggest three things for my daughter, given her age.', 'daughter'),
    say('What may a hotel cost per night, given what I told you?', 'hotel'),
    say('Which of the cities that I named comes first in your plan?', 'recall cities', recalls(mock, 'Kyoto')),
    say(
      'List everything I told you: my name, who travels, when, where to, the budget and what I do not eat.',
      'recall all',
      recalls(mock, 'Morgan', 'daughter', 'April', 'Kyoto', 'Hiroshima', 'fish'),
    ),
  ],
  comments: {
    conversation: 'Every request carries all earlier turns; { last: 6 } would send the last six only.',
    steps:
      'Against a real model add what it must recall, such as\n  expect: [ { icontains-all: [ Morgan, April, Kyoto, fish ] } ]\n(a file made with --preset or --url has these checks).',
  },
})

const rapidFire = talk({
  name: 'rapid-fire',
  category: 'Performance',
  summary: 'Twenty small sums in a row from three users: many short exchanges',
  rounds: 3,
  users: 3,
  keys: { verbosity: 'minimal' },
  pause: '100ms',
  steps: [loop(20, say('What is {{index}} + {{add index 7}}?', 'sum'))],
  thresholds: ['response_time p95 < 5s'],
  comments: { load: 'Three users, three times through each: 180 messages.' },
})

const branching = talk({
  name: 'branching-conversation',
  category: 'Logic',
  summary: 'The way through depends on the reply: yes leads to two languages, anything else to a list',
  rounds: 2,
  note: '3 per iteration when the reply has no "yes"; the mock repeats the question, which has one',
  keys: { verbosity: 'normal' },
  pause: '1s',
  steps: [
    say('Answer yes or no: do you speak other languages?', 'question'),
    {
      if: 'reply.text.matches("(?i)\\\\byes\\\\b")',
      then: [say('How do I order a coffee in Spanish?', 'spanish'), say('And how do I say that in French?', 'french')],
      else: [say('Which languages can you answer in?', 'list')],
    },
    say('Thank you, that was all.', 'thanks'),
  ],
  comments: { steps: 'Conditions are CEL; they see reply.text, reply.status, reply.json and all variables.' },
})

const longForm = talk({
  name: 'long-form-output',
  category: 'Krawall',
  summary: 'Three essays of 1,500 to 2,000 words: sustained generation, with a bound on what it may cost',
  targetKeys: { maxTokens: 4096, timeouts: { total: '5m' } },
  rounds: 2,
  keys: { verbosity: 'verbose' },
  pause: '5s',
  steps: [
    say('Write about 2,000 words on the history of computing, from the abacus to the cloud.', 'history'),
    say('Write about 2,000 words on the ethics of artificial intelligence: arguments, examples, objections.', 'ethics'),
    say('Explain in about 1,500 words how a transformer model works, for a reader who knows linear algebra.', 'transformers'),
  ],
  thresholds: [{ threshold: 'output_tokens sum < 40000', abort: true }],
  comments: { thresholds: 'The second one ends the run as soon as 40,000 tokens were generated: a cap on the cost.' },
})

export const dialogueTemplates: readonly Template[] = [context, rapidFire, branching, longForm]
