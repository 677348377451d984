/** Long answers, asked for again and again. */
import { FEW_ERRORS, loop, repeated, say, spaced, type Template } from '../template.ts'

const stressBasic: Template = {
  name: 'stress-test-basic',
  category: 'Stress test',
  summary: 'A greeting, ten requests for more, a summary: answers that grow turn by turn',
  messages: { perIteration: 12, iterations: 5 },
  scenario: () => ({
    vars: {
      greeting: 'Hello! I would like to learn about how large language models work.',
      elaborate: 'Please go on, with more detail and one more example.',
    },
    load: repeated(5),
    verbosity: 'verbose',
    steps: spaced(
      '1s',
      say('{{greeting}}', { name: 'greeting' }),
      loop(10, say('{{elaborate}}', { name: 'elaborate' })),
      say('Now sum up everything that you told me in this conversation.', { name: 'summary' }),
    ),
    thresholds: [FEW_ERRORS],
  }),
  comments: { vars: 'Words of the conversation: change them to fit your bot.', load: 'One user, five times through.' },
}

const stressXml: Template = {
  name: 'stress-test-xml',
  category: 'Stress test',
  summary: 'A survey of algorithms in XML, enlarged eight times: long structured output',
  messages: { perIteration: 9, iterations: 6 },
  scenario: () => ({
    load: repeated(3, 2),
    verbosity: 'verbose',
    steps: spaced(
      '2s',
      say(
        'Give an overview of sorting and searching algorithms as one XML document: an element for each, with its complexity, uses and history.',
        { name: 'survey' },
      ),
      loop(
        8,
        say('Take part {{loop.count}} of that XML and expand it: nested elements, attributes, code in CDATA sections.', {
          name: 'expand',
        }),
      ),
    ),
    thresholds: [FEW_ERRORS],
  }),
  comments: { load: 'Two users, three times through each.' },
}

export const stressTemplates: readonly Template[] = [stressBasic, stressXml]
