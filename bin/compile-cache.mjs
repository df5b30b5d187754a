// Node keeps the compiled form of what is loaded after this, so a start need not compile it again. Plain
// JavaScript, as nothing keeps the form of what comes before. Where the folder cannot be written it is slower.
import { enableCompileCache } from 'node:module';

enableCompileCache(new URL('../node_modules/.cache/rotor', import.meta.url).pathname);
