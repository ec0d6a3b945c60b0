export { loadStudio, type StudioDocument } from './load-studio.js'
