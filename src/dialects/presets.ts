/** The presets of known APIs: dialect, address, headers and authentication. Settings in a target replace those of its preset. */
import type { DialectName } from './index.ts'
import type { Preset } from './parts/dialect.ts'

interface NamedPreset extends Preset {
  readonly dialect: DialectName
}

const openaiCompatible: NamedPreset = {
  dialect: 'openai-chat',
  protocol: 'http',
  describe:
    'Any server with the OpenAI Chat Completions API: llama.cpp, SGLang, LM Studio, a gateway; `maxTokens` is sent as max_tokens',
  url: 'http://127.0.0.1:8000/v1/chat/completions',
  auth: { type: 'bearer' },
  keyVariable: 'OPENAI_API_KEY',
  // All these servers know the older name; some ignore the newer one, so that their replies would have no limit.
  limitField: 'max_tokens',
}

const ownPresets = {
  'openai-chat': {
    dialect: 'openai-chat',
    protocol: 'http',
    describe: 'OpenAI Chat Completions',
    url: 'https://api.openai.com/v1/chat/completions',
    auth: { type: 'bearer' },
    keyVariable: 'OPENAI_API_KEY',
    model: 'gpt-4o-mini',
  },
  'openai-responses': {
    dialect: 'openai-responses',
    protocol: 'http',
    describe: 'OpenAI Responses',
    url: 'https://api.openai.com/v1/responses',
    auth: { type: 'bearer' },
    keyVariable: 'OPENAI_API_KEY',
    model: 'gpt-4o-mini',
  },
  'openai-responses-ws': {
    dialect: 'openai-responses',
    protocol: 'websocket',
    describe: 'OpenAI Responses over one WebSocket',
    url: 'wss://api.openai.com/v1/responses',
    auth: { type: 'bearer' },
    keyVariable: 'OPENAI_API_KEY',
    model: 'gpt-4o-mini',
    body: { type: 'response.create' },
    omit: ['stream'],
  },
  'anthropic-messages': {
    dialect: 'anthropic',
    protocol: 'http',
    describe: 'Anthropic Messages',
    url: 'https://api.anthropic.com/v1/messages',
    headers: { 'anthropic-version': '2023-06-01' },
    auth: { type: 'apiKey', name: 'x-api-key' },
    keyVariable: 'ANTHROPIC_API_KEY',
    model: 'claude-haiku-4-5',
  },
  'google-gemini': {
    dialect: 'gemini',
    protocol: 'http',
    describe: 'Google Gemini; the model is part of the address',
    url: 'https://generativelanguage.googleapis.com/v1beta/models/{{model}}:streamGenerateContent?alt=sse',
    wholeUrl: 'https://generativelanguage.googleapis.com/v1beta/models/{{model}}:generateContent',
    auth: { type: 'apiKey', name: 'x-goog-api-key' },
    keyVariable: 'GEMINI_API_KEY',
    model: 'gemini-2.5-flash',
  },
  'azure-openai': {
    dialect: 'openai-chat',
    protocol: 'http',
    describe: 'Azure OpenAI; `resource` is a variable of the scenario, `model` the name of the deployment',
    url: 'https://{{resource}}.openai.azure.com/openai/deployments/{{model}}/chat/completions?api-version=2024-10-21',
    auth: { type: 'apiKey', name: 'api-key' },
    keyVariable: 'AZURE_OPENAI_API_KEY',
    model: 'gpt-4o-mini',
  },
  ollama: {
    dialect: 'ollama',
    protocol: 'http',
    describe: 'Ollama chat on this machine',
    url: 'http://127.0.0.1:11434/api/chat',
    auth: { type: 'none' },
    model: 'llama3.2',
  },
  'ollama-generate': {
    dialect: 'ollama-generate',
    protocol: 'http',
    describe: 'Ollama completion on this machine',
    url: 'http://127.0.0.1:11434/api/generate',
    auth: { type: 'none' },
    model: 'llama3.2',
  },
  'openai-compatible': openaiCompatible,
  'openai-completions': {
    dialect: 'openai-completions',
    protocol: 'http',
    describe:
      'Any server with the OpenAI Completions API, which takes a prompt: vLLM, llama.cpp; most answer with 16 tokens unless `maxTokens` asks for more',
    url: 'http://127.0.0.1:8000/v1/completions',
    auth: { type: 'bearer' },
    keyVariable: 'OPENAI_API_KEY',
  },
  'bedrock-converse': {
    dialect: 'bedrock-converse',
    protocol: 'http',
    describe: 'Amazon Bedrock Converse, by a key of Bedrock or signed (auth aws-sigv4); `region` is a variable of the scenario',
    url: 'https://bedrock-runtime.{{region}}.amazonaws.com/model/{{model}}/converse-stream',
    wholeUrl: 'https://bedrock-runtime.{{region}}.amazonaws.com/model/{{model}}/converse',
    auth: { type: 'bearer' },
    keyVariable: 'AWS_BEARER_TOKEN_BEDROCK',
    model: 'amazon.nova-lite-v1:0',
  },
  cohere: {
    dialect: 'cohere',
    protocol: 'http',
    describe: 'Cohere Chat, version 2',
    url: 'https://api.cohere.com/v2/chat',
    auth: { type: 'bearer' },
    keyVariable: 'CO_API_KEY',
    model: 'command-a-03-2025',
  },
  'openai-embeddings': {
    dialect: 'openai-embeddings',
    protocol: 'http',
    describe: 'OpenAI Embeddings; vLLM, llama.cpp, Ollama and others have the same API at another `url`',
    url: 'https://api.openai.com/v1/embeddings',
    auth: { type: 'bearer' },
    keyVariable: 'OPENAI_API_KEY',
    model: 'text-embedding-3-small',
  },
  'openai-transcriptions': {
    dialect: 'openai-transcriptions',
    protocol: 'http',
    describe: 'OpenAI audio transcription; other servers have the same API at another `url`',
    url: 'https://api.openai.com/v1/audio/transcriptions',
    auth: { type: 'bearer' },
    keyVariable: 'OPENAI_API_KEY',
    model: 'gpt-4o-mini-transcribe',
  },
  rerank: {
    dialect: 'rerank',
    protocol: 'http',
    describe: 'Any server with the Rerank API: vLLM, llama.cpp, Jina and Cohere (https://api.cohere.com/v2/rerank)',
    url: 'http://127.0.0.1:8000/v1/rerank',
    auth: { type: 'bearer' },
    keyVariable: 'RERANK_API_KEY',
  },
  vllm: { ...openaiCompatible, describe: 'vLLM on this machine', keyVariable: 'VLLM_API_KEY' },
  'llama-cpp': {
    ...openaiCompatible,
    describe: 'llama-server of llama.cpp on this machine',
    url: 'http://127.0.0.1:8080/v1/chat/completions',
    keyVariable: 'LLAMA_API_KEY',
  },
  'lm-studio': {
    ...openaiCompatible,
    describe: 'LM Studio on this machine',
    url: 'http://127.0.0.1:1234/v1/chat/completions',
    keyVariable: 'LM_API_TOKEN',
  },
  tgi: {
    ...openaiCompatible,
    describe: 'Text Generation Inference of Hugging Face on this machine, by its Messages API',
    url: 'http://127.0.0.1:8080/v1/chat/completions',
    keyVariable: 'HF_TOKEN',
    model: 'tgi',
  },
  'tgi-generate': {
    ...openaiCompatible,
    dialect: 'tgi-generate',
    describe: 'Text Generation Inference of Hugging Face on this machine, by its own API, which takes a prompt; it has one model',
    url: 'http://127.0.0.1:8080/generate_stream',
    wholeUrl: 'http://127.0.0.1:8080/generate',
    keyVariable: 'HF_TOKEN',
  },
  litellm: {
    ...openaiCompatible,
    describe: 'The LiteLLM proxy on this machine',
    url: 'http://127.0.0.1:4000/v1/chat/completions',
    keyVariable: 'LITELLM_API_KEY',
  },
  openrouter: {
    ...openaiCompatible,
    describe: 'OpenRouter, which passes requests on to the models of many providers',
    url: 'https://openrouter.ai/api/v1/chat/completions',
    keyVariable: 'OPENROUTER_API_KEY',
  },
  'custom-http': {
    dialect: 'generic',
    protocol: 'http',
    describe: 'Any JSON API over HTTP: { "message": … } in, text out, unless the mapping says otherwise',
    url: 'http://127.0.0.1:8080/chat',
    auth: { type: 'none' },
  },
  'custom-websocket': {
    dialect: 'generic',
    protocol: 'websocket',
    describe: 'Any JSON messages over a WebSocket',
    url: 'ws://127.0.0.1:8080/chat',
    auth: { type: 'none' },
  },
  'custom-sse': {
    dialect: 'generic',
    protocol: 'sse',
    describe: 'An API of your own that answers with server-sent events',
    url: 'http://127.0.0.1:8080/chat',
    auth: { type: 'none' },
  },
  'custom-grpc': {
    dialect: 'generic',
    protocol: 'grpc',
    describe: 'A gRPC service of your own; the path names service and method',
    url: 'grpc://127.0.0.1:50051/burn.chat.v1.ChatService/SendMessage',
    auth: { type: 'none' },
  },
  'custom-mqtt': {
    dialect: 'generic',
    protocol: 'mqtt',
    describe:
      'A service of your own behind an MQTT broker; the path of the address is the topic, replies come on chat/out/<client id> with the `id` of the message',
    url: 'mqtt://127.0.0.1:1883/chat/in',
    auth: { type: 'none' },
    options: { reply: { topic: 'chat/out/%c', correlation: { send: 'id', receive: 'id' } } },
  },
  'django-channels': {
    dialect: 'generic',
    protocol: 'websocket',
    describe: 'A Django Channels consumer that takes sync_data frames',
    url: 'ws://127.0.0.1:8000/ws/mobile/sync/',
    auth: { type: 'none' },
    request: {
      structure: {
        type: 'sync_data',
        correlation_id: '{{uuid}}',
        timestamp: '{{now}}',
        data: { timestamp: '{{now}}', message_id: '{{uuid}}', connection_type: 'websocket', message: '' },
      },
      messagePath: '$.data.message',
    },
    response: { end: { path: '$.correlation_id' } },
    options: {
      reply: {
        match: { correlate: { send: 'correlation_id', otherwise: 'fifo' } },
        ignore: ['connection_established', 'authenticate', 'authenticated', 'heartbeat'].map((type) => ({
          path: '$.type',
          equals: type,
        })),
      },
    },
  },
  'django-mqtt': {
    dialect: 'generic',
    protocol: 'mqtt',
    describe: 'GraphQL mutations of a Django service over MQTT, each acknowledged by the service',
    url: 'mqtt://127.0.0.1:1883/graphql/mutation',
    auth: { type: 'none' },
    request: {
      structure: {
        serviceName: 'burn',
        uuids: ['{{uuid}}'],
        query: 'mutation { processStreamData(input: $input) { success message } }',
        variables: { input: { timestamp: '{{now}}', messageId: '{{uuid}}', message: '' } },
        timestamp: '{{now}}',
      },
      messagePath: '$.variables.input.message',
    },
    response: { text: '$.status' },
    options: {
      qos: 1,
      keepalive: '60s',
      subscribe: ['response/status', 'graphql/mutation/status'].map((topic) => ({ topic, qos: 1 })),
      reply: { topic: 'response/acknowledgement', qos: 1, correlation: { send: 'uuids.0', receive: 'uuids.0' } },
    },
  },
} satisfies Record<string, NamedPreset>

/** The short names (aliases) of known APIs; each leads to the full name of a preset. */
export const presetAliases = {
  openai: 'openai-chat',
  anthropic: 'anthropic-messages',
  gemini: 'google-gemini',
  azure: 'azure-openai',
} as const satisfies Record<string, keyof typeof ownPresets>

/** The presets: address, API format and authentication of known APIs, by every name that `preset:` of a target accepts. */
export const presets = {
  ...ownPresets,
  openai: ownPresets[presetAliases.openai],
  anthropic: ownPresets[presetAliases.anthropic],
  gemini: ownPresets[presetAliases.gemini],
  azure: ownPresets[presetAliases.azure],
} satisfies Record<string, NamedPreset>

type PresetName = keyof typeof presets

/** Returns the preset of a known API, such as `openai`, by its name or alias; undefined when there is none. */
export function presetNamed(name: string): Preset | undefined {
  return Object.hasOwn(presets, name) ? presets[name as PresetName] : undefined // the key was just checked
}
