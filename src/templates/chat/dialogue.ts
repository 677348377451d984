/** Conversations with a thread: memory, branches, speed, length. */
import { type Data, FEW_ERRORS, loop, repeated, say, spaced, type Template } from '../template.ts'

/** What a real model must still know; the mock knows nothing. */
const recalls = (mock: boolean, ...words: string[]): Data => (mock ? {} : { expect: [{ 'icontains-all': words }] })

const context: Template = {
  name: 'conversation-context',
  category: 'Context',
  summary: 'A journey planned in ten turns, the last of which asks for everything said before',
  messages: { perIteration: 10, iterations: 2 },
  scenario: ({ mock }) => ({
    load: repeated(2),
    conversation: { memory: 'full' },
    verbosity: 'normal',
    steps: spaced(
      '1500ms',
      say('I am planning a journey to Japan in April, for two weeks.', { name: 'plan' }),
      say('My name is Morgan, and I travel with my daughter, who is nine.', { name: 'people' }),
      say('Our budget is 4,000 euros without the flights.', { name: 'budget' }),
      say('I eat no fish. Where will that be difficult?', { name: 'food' }),
      say('We want to see Kyoto and Hiroshima. In which order?', { name: 'cities' }),
      say('In which month did I say that we travel?', { name: 'recall month', ...recalls(mock, 'April') }),
      say('Suggest three things for my daughter, given her age.', { name: 'daughter' }),
      say('What may a hotel cost per night, given what I told you?', { name: 'hotel' }),
      say('Which of the cities that I named comes first in your plan?', { name: 'recall cities', ...recalls(mock, 'Kyoto') }),
      say('List everything I told you: my name, who travels, when, where to, the budget and what I do not eat.', {
        name: 'recall all',
        ...recalls(mock, 'Morgan', 'daughter', 'April', 'Kyoto', 'Hiroshima', 'fish'),
      }),
    ),
    thresholds: [FEW_ERRORS],
  }),
  comments: {
    conversation: 'Every request carries all earlier turns; { last: 6 } would send the last six only.',
    steps:
      'Against a real model add what it must recall, such as\n  expect: [ { icontains-all: [ Morgan, April, Kyoto, fish ] } ]\n(a file made with --preset or --url has these checks).',
  },
}

const rapidFire: Template = {
  name: 'rapid-fire',
  category: 'Performance',
  summary: 'Twenty small sums in a row from three users: many short exchanges',
  messages: { perIteration: 20, iterations: 9 },
  scenario: () => ({
    load: repeated(3, 3),
    verbosity: 'minimal',
    steps: spaced('100ms', loop(20, say('What is {{index}} + {{add index 7}}?', { name: 'sum' }))),
    thresholds: [FEW_ERRORS, 'response_time p95 < 5s'],
  }),
  comments: { load: 'Three users, three times through each: 180 messages.' },
}

const branching: Template = {
  name: 'branching-conversation',
  category: 'Logic',
  summary: 'The way through depends on the reply: yes leads to two languages, anything else to a list',
  messages: {
    perIteration: 4,
    iterations: 2,
    note: '3 per iteration when the reply has no "yes"; the mock repeats the question, which has one',
  },
  scenario: () => ({
    load: repeated(2),
    verbosity: 'normal',
    steps: spaced(
      '1s',
      say('Answer yes or no: do you speak other languages?', { name: 'question' }),
      {
        if: 'reply.text.matches("(?i)\\\\byes\\\\b")',
        then: [
          say('How do I order a coffee in Spanish?', { name: 'spanish' }),
          say('And how do I say that in French?', { name: 'french' }),
        ],
        else: [say('Which languages can you answer in?', { name: 'list' })],
      },
      say('Thank you, that was all.', { name: 'thanks' }),
    ),
    thresholds: [FEW_ERRORS],
  }),
  comments: { steps: 'Conditions are CEL; they see reply.text, reply.status, reply.json and all variables.' },
}

const longForm: Template = {
  name: 'long-form-output',
  category: 'Krawall',
  summary: 'Three essays of 1,500 to 2,000 words: sustained generation, with a bound on what it may cost',
  messages: { perIteration: 3, iterations: 2 },
  targetKeys: { maxTokens: 4096, timeouts: { total: '5m' } },
  scenario: () => ({
    load: repeated(2),
    verbosity: 'verbose',
    steps: spaced(
      '5s',
      say('Write about 2,000 words on the history of computing, from the abacus to the cloud.', { name: 'history' }),
      say('Write about 2,000 words on the ethics of artificial intelligence: arguments, examples, objections.', {
        name: 'ethics',
      }),
      say('Explain in about 1,500 words how a transformer model works, for a reader who knows linear algebra.', {
        name: 'transformers',
      }),
    ),
    thresholds: [FEW_ERRORS, { threshold: 'output_tokens sum < 40000', abort: true }],
  }),
  comments: { thresholds: 'The second one ends the run as soon as 40,000 tokens were generated: a cap on the cost.' },
}

export const dialogueTemplates: readonly Template[] = [context, rapidFire, branching, longForm]
