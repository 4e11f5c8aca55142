// Unpacks the Chromium of the tests, with the libraries and fonts that it needs, into a folder.
process.env.TMPDIR = process.argv[2];
process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs22.x'; // only then does the package unpack its libraries too
const { default: chromium } = await import('@sparticuz/chromium');
await chromium.executablePath();
