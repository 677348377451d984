/** Long answers, asked for again and again. */
import { loop, say, type Template, talk } from '../template.ts'

const stressBasic = talk({
  name: 'stress-test-basic',
  category: 'Stress test',
  summary: 'A greeting, ten requests for more, a summary: answers that grow turn by turn',
  rounds: 5,
  keys: {
    vars: {
      greeting: 'Hello! I would like to learn about how large language models work.',
      elaborate: 'Please go on, with more detail and one more example.',
    },
    verbosity: 'verbose',
  },
  pause: '1s',
  steps: [
    say('{{greeting}}', 'greeting'),
    loop(10, say('{{elaborate}}', 'elaborate')),
    say('Now sum up everything that you told me in this conversation.', 'summary'),
  ],
  comments: { vars: 'Words of the conversation: change them to fit your bot.', load: 'One user, five times through.' },
})

const stressXml = talk({
  name: 'stress-test-xml',
  category: 'Stress test',
  summary: 'A survey of algorithms in XML, enlarged eight times: long structured output',
  rounds: 3,
  users: 2,
  keys: { verbosity: 'verbose' },
  pause: '2s',
  steps: [
    say(
      'Give an overview of sorting and searching algorithms as one XML document: an element for each, with its complexity, uses and history.',
      'survey',
    ),
    loop(
      8,
      say('Take part {{loop.count}} of that XML and expand it: nested elements, attributes, code in CDATA sections.', 'expand'),
    ),
  ],
  comments: { load: 'Two users, three times through each.' },
})

export const stressTemplates: readonly Template[] = [stressBasic, stressXml]
