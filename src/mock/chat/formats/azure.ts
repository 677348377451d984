/** The mock's Azure OpenAI: OpenAI's chat format at a path that names a deployment, with a content filter's results in the first chunk. */
import { type ChatFormat, createdAt, type MockFrame } from './format.ts'
import { askChat, openaiChat } from './openai-chat.ts'

const PATH = /^\/openai\/(?:deployments\/[^/]+|v1)\/chat\/completions$/

const SAFE = { filtered: false, severity: 'safe' }
const FILTER_RESULTS = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE }

/** The mock's chat API of Azure OpenAI: `POST /openai/deployments/{deployment}/chat/completions` and `POST /openai/v1/chat/completions`. */
export const azure: ChatFormat = {
  ...openaiChat,
  name: 'azure',
  matches: (method, path) => method === 'POST' && PATH.test(path),
  ask(request) {
    const asked = askChat(request)
    return {
      ...asked,
      frames: (reply) => [promptFilter(request.k), ...asked.frames(reply)],
      whole: (reply, sent) => ({ ...asked.whole(reply, sent), prompt_filter_results: promptResults() }),
    }
  },
}

function promptResults(): object[] {
  return [{ prompt_index: 0, content_filter_results: FILTER_RESULTS }]
}

/** Returns the first chunk of an Azure stream: content filter results without id, model and choices, so that it holds neither a token nor usage. */
function promptFilter(k: number): MockFrame {
  const empty = { id: '', object: 'chat.completion.chunk', created: createdAt(k), model: '', choices: [] }
  return { kind: 'meta', dueMs: 0, data: { ...empty, prompt_filter_results: promptResults() } }
}
