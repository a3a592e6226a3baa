/**
 * Prints "N passed, N failed, N skipped" from the JSON report of vitest, for .ci/run. A test file that could not even
 * be loaded counts as one failure, and so does a run that left no report. Exit code 1 when anything failed.
 */
import fs from 'node:fs';

const [reportFile] = process.argv.slice(2);
const { passed, failed, skipped } = count(readReport(reportFile));
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;

function count(report) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const unloadable = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + unloadable;
  return {
    passed: report.numPassedTests,
    failed: report.success ? failed : Math.max(failed, 1),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function readReport(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    console.error(`No test report: ${error.message}`);
    return undefined;
  }
}
