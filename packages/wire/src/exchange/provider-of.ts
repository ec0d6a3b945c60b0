/** Providers by the suffix of their host names. */
const providers: readonly (readonly [suffix: string, provider: string])[] = [
  ['api.openai.com', 'openai'],
  ['api.anthropic.com', 'anthropic'],
  ['openai.azure.com', 'azure.ai.openai'],
  ['services.ai.azure.com', 'azure.ai.inference'],
  ['cognitiveservices.azure.com', 'azure.ai.openai'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['amazonaws.com', 'aws.bedrock'],
  ['groq.com', 'groq'],
  ['deepseek.com', 'deepseek'],
  ['x.ai', 'x_ai'],
  ['mistral.ai', 'mistral_ai'],
  ['perplexity.ai', 'perplexity'],
  ['moonshot.ai', 'moonshot_ai'],
  ['moonshot.cn', 'moonshot_ai'],
  ['cohere.com', 'cohere'],
  ['cohere.ai', 'cohere'],
  ['openrouter.ai', 'openrouter'],
  ['ai-gateway.vercel.sh', 'vercel'],
  ['together.xyz', 'together_ai'],
  ['together.ai', 'together_ai'],
  ['fireworks.ai', 'fireworks'],
  ['ollama.com', 'ollama'],
]

/**
 * Returns the provider of a host, under OpenTelemetry's name if it has one; undefined for an unknown host, such as a
 * proxy or a server in the same network.
 */
export function providerOf(hostname: string): string | undefined {
  const found = providers.find(([suffix]) => hostname === suffix || hostname.endsWith(`.${suffix}`))
  if (found !== undefined) return found[1]
  // Regional endpoints of Vertex AI: us-central1-aiplatform.googleapis.com.
  return hostname.endsWith('-aiplatform.googleapis.com') ? 'gcp.vertex_ai' : undefined
}
