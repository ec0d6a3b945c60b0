import type { GraphqlDocument } from './operation-name.js'

/** The parts of the arguments of an execution that are read. */
export interface Execution {
  readonly args: { readonly document: GraphqlDocument; readonly operationName?: string | null | undefined }
}

interface Done {
  onExecuteDone(payload: { readonly result: unknown }): void
}

/** The hooks of the plugin. */
export interface YogaPlugin {
  onYogaInit(payload: { readonly yoga: { readonly graphqlEndpoint: string } }): void
  onRequest(payload: { readonly url: URL; readonly serverContext: unknown }): void
  onExecute(payload: Execution): Done | undefined
  onSubscribe(payload: Execution): void
}
