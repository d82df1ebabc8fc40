// node --import ./register.js: makes `import … from 'k6/…'` find the stand-ins of this directory.
import { register } from 'node:module';

register('./resolve.js', import.meta.url);
