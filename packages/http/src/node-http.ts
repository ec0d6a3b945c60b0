export { ignoreRequest, type ObserveHttpServersOptions, observeHttpServers } from './node/observe-http-servers.js'
