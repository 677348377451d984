/** Conversations that are polite and expensive: what a bot in public has to stand. */
import { FEW_ERRORS, loop, repeated, say, spaced, type Template } from '../template.ts'

const tokenDrain: Template = {
  name: 'ecommerce-token-drain',
  category: 'Attack surface',
  summary: 'A shop assistant is asked for everything it knows, in the longest form there is',
  messages: { perIteration: 26, iterations: 3 },
  mock: { persona: 'ecommerce' },
  scenario: () => ({
    load: repeated(3),
    verbosity: 'extreme',
    steps: spaced(
      '2s',
      say('Which categories of products do you have? List all of them with a few words on each.', { name: 'categories' }),
      loop(
        5,
        say('Give me the full specifications of all products in category {{loop.count}}.', { name: 'specifications' }),
        say('Now the same as XML, with one element for each property.', { name: 'xml' }),
        say('Compare the first two of them point by point.', { name: 'compare' }),
        say('Write a detailed review of each, with pros and cons.', { name: 'reviews' }),
        say('Sum all of that up in a table.', { name: 'summary' }),
      ),
    ),
    thresholds: [FEW_ERRORS],
  }),
}

const escalation: Template = {
  name: 'support-escalation-flood',
  category: 'Attack surface',
  summary: 'A customer who is never content: complaint, escalation, then one more order, ten times',
  messages: { perIteration: 24, iterations: 2 },
  mock: { persona: 'support' },
  scenario: () => ({
    load: repeated(2),
    verbosity: 'verbose',
    steps: spaced(
      '1500ms',
      say('There is a problem with my order: half of it is missing.', { name: 'problem' }),
      say('The order number is 48213. It came yesterday, the box was open. What now?', { name: 'details' }),
      say('How do I return the rest, and who pays for that?', { name: 'returns' }),
      say('That does not help me. Please pass me on to a person.', { name: 'escalate' }),
      loop(
        10,
        say('I also have a question on another order, number 5000{{conversation.messageIndex}}: it is not here yet.', {
          name: 'another order',
        }),
        say('What is the state of all my orders now?', { name: 'status' }),
      ),
    ),
    thresholds: [FEW_ERRORS],
  }),
}

const stuffer: Template = {
  name: 'context-window-stuffer',
  category: 'Attack surface',
  summary: 'Each turn asks for more text to be kept in mind, until the context window is full',
  messages: { perIteration: 14, iterations: 2 },
  scenario: () => ({
    load: repeated(2),
    conversation: { memory: 'full' },
    verbosity: 'extreme',
    steps: spaced(
      '3s',
      say('Invent a company with a history of fifty years and tell me all of it.', { name: 'company' }),
      say('Describe twenty of its products, each with a table of its data.', { name: 'products' }),
      say('Repeat the history of the company word for word, as you told it first.', { name: 'verbatim' }),
      say('Merge the history and the products into one document.', { name: 'merge' }),
      say('Rewrite that document in formal language, without leaving anything out.', { name: 'formal' }),
      say('Add a footnote with a source to each sentence.', { name: 'citations' }),
      loop(
        8,
        say('Expand section {{loop.count}} of the document to twice its length, and show the whole document.', {
          name: 'expand',
        }),
      ),
    ),
    thresholds: [FEW_ERRORS],
  }),
  comments: { conversation: 'Add  window: { maxTokens: 8000 }  to see the run with the oldest turns dropped.' },
}

const persistent: Template = {
  name: 'polite-persistent-requester',
  category: 'Attack surface',
  summary: 'A friendly pupil whose school project needs just a little more, twelve times',
  messages: { perIteration: 12, iterations: 3 },
  scenario: () => ({
    load: repeated(3),
    verbosity: 'verbose',
    steps: spaced(
      '2s',
      say('Hi! I have a school project on machine learning. Could you explain the basics to me, please?', { name: 'basics' }),
      say('Thank you! And how do neural networks work?', { name: 'networks' }),
      say('That was great. Could you give me ten examples from everyday life?', { name: 'examples' }),
      say('Perfect. Could you put them into a table, please?', { name: 'table' }),
      say('Could the table have one more column, with the cost of each?', { name: 'cost' }),
      say('My teacher wants references. Could you add some to each row?', { name: 'references' }),
      say('Now I only need an essay of 500 words on all of it, please.', { name: 'essay' }),
      loop(
        5,
        say('Lovely! Could you revise it once more, revision {{loop.count}}: simpler words, and a little longer?', {
          name: 'revise',
        }),
      ),
    ),
    thresholds: [FEW_ERRORS],
  }),
}

export const attackTemplates: readonly Template[] = [tokenDrain, escalation, stuffer, persistent]
