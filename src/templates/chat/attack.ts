/** Conversations that are polite and expensive: what a bot in public has to stand. */
import { loop, say, type Template, talk } from '../template.ts'

const tokenDrain = talk({
  name: 'ecommerce-token-drain',
  category: 'Attack surface',
  summary: 'A shop assistant is asked for everything it knows, in the longest form there is',
  mock: { persona: 'ecommerce' },
  rounds: 3,
  keys: { verbosity: 'extreme' },
  pause: '2s',
  steps: [
    say('Which categories of products do you have? List all of them with a few words on each.', 'categories'),
    loop(
      5,
      say('Give me the full specifications of all products in category {{loop.count}}.', 'specifications'),
      say('Now the same as XML, with one element for each property.', 'xml'),
      say('Compare the first two of them point by point.', 'compare'),
      say('Write a detailed review of each, with pros and cons.', 'reviews'),
      say('Sum all of that up in a table.', 'summary'),
    ),
  ],
})

const escalation = talk({
  name: 'support-escalation-flood',
  category: 'Attack surface',
  summary: 'A customer who is never content: complaint, escalation, then one more order, ten times',
  mock: { persona: 'support' },
  rounds: 2,
  keys: { verbosity: 'verbose' },
  pause: '1500ms',
  steps: [
    say('There is a problem with my order: half of it is missing.', 'problem'),
    say('The order number is 48213. It came yesterday, the box was open. What now?', 'details'),
    say('How do I return the rest, and who pays for that?', 'returns'),
    say('That does not help me. Please pass me on to a person.', 'escalate'),
    loop(
      10,
      say(
        'I also have a question on another order, number 5000{{conversation.messageIndex}}: it is not here yet.',
        'another order',
      ),
      say('What is the state of all my orders now?', 'status'),
    ),
  ],
})

const stuffer = talk({
  name: 'context-window-stuffer',
  category: 'Attack surface',
  summary: 'Each turn asks for more text to be kept in mind, until the context window is full',
  rounds: 2,
  keys: { conversation: { memory: 'full' }, verbosity: 'extreme' },
  pause: '3s',
  steps: [
    say('Invent a company with a history of fifty years and tell me all of it.', 'company'),
    say('Describe twenty of its products, each with a table of its data.', 'products'),
    say('Repeat the history of the company word for word, as you told it first.', 'verbatim'),
    say('Merge the history and the products into one document.', 'merge'),
    say('Rewrite that document in formal language, without leaving anything out.', 'formal'),
    say('Add a footnote with a source to each sentence.', 'citations'),
    loop(8, say('Expand section {{loop.count}} of the document to twice its length, and show the whole document.', 'expand')),
  ],
  comments: { conversation: 'Add  window: { maxTokens: 8000 }  to see the run with the oldest turns dropped.' },
})

const persistent = talk({
  name: 'polite-persistent-requester',
  category: 'Attack surface',
  summary: 'A friendly pupil whose school project needs just a little more, twelve times',
  rounds: 3,
  keys: { verbosity: 'verbose' },
  pause: '2s',
  steps: [
    say('Hi! I have a school project on machine learning. Could you explain the basics to me, please?', 'basics'),
    say('Thank you! And how do neural networks work?', 'networks'),
    say('That was great. Could you give me ten examples from everyday life?', 'examples'),
    say('Perfect. Could you put them into a table, please?', 'table'),
    say('Could the table have one more column, with the cost of each?', 'cost'),
    say('My teacher wants references. Could you add some to each row?', 'references'),
    say('Now I only need an essay of 500 words on all of it, please.', 'essay'),
    loop(5, say('Lovely! Could you revise it once more, revision {{loop.count}}: simpler words, and a little longer?', 'revise')),
  ],
})

export const attackTemplates: readonly Template[] = [tokenDrain, escalation, stuffer, persistent]
