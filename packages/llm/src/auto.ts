// What `register` calls with a module that the application has loaded; nothing here loads a framework.
export { observeLangChain } from './frameworks/langchain-core.js'
