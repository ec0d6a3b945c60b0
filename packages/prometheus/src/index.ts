export { catalogPage, type PageRecorder } from './families/catalog-page.js'
export type { EscapingScheme } from './families/escaping.js'
export type { ExponentialPoint, ExponentialSide, Family, FamilyType, Point, Quantile } from './families/family.js'
export type { PageSource, ScrapeContext } from './families/page-source.js'
export type { OtelCollect, OtelCollection, OtelMetric, OtelScopeMetrics } from './otel/otel-metrics.js'
export { type OtelPageOptions, otelPage } from './otel/otel-page.js'
export type { PaceOptions } from './pace.js'
export { type RenderPageOptions, renderPage } from './render-page.js'
export { type Auth, authOptions, type BasicCredentials } from './serving/auth-options.js'
export { type BindOptions, checkBind, isLoopback } from './serving/bind.js'
export type { DocumentText, ServedDocument } from './serving/document-answers.js'
export { createHandler, type PageHandler } from './serving/handler.js'
export {
  type HandlerOptions,
  type ListenOptions,
  listenOptions,
  servingOptions,
} from './serving/handler-options.js'
export { listen, type PageServer } from './serving/listen.js'
export { negotiateFormat, type PageNames } from './serving/negotiate.js'
export type { NodeRequest, NodeResponse } from './serving/node-handler.js'
export type { ScrapeRecorder } from './serving/scrape-metrics.js'
export { defaultFormat, type PageFormat } from './writing/format.js'
export { createPage, type Page, type PageOptions, type RenderOptions } from './writing/page.js'
export type { OnPiece } from './writing/page-output.js'
export type { RenderedPage } from './writing/rendered-page.js'
