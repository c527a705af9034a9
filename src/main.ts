// The composition root of the page.
import { mount } from 'svelte';
import './app/tokens.css';
import './app/base.css';
import App from './app/App.svelte';
import { isolation } from './app/isolation';
import { library } from './app/state/library.svelte';
import { machine } from './app/state/machine.svelte';
import { importLetGo, oldRunsMarked, runLetGo } from './app/state/startup';
import { verbs } from './app/verbs';

await isolation();

window.intarsia = verbs;

const target = document.getElementById('app');
if (target) mount(App, { target });

await oldRunsMarked;
await library.refresh();
for (const { id, status } of library.runs) {
  if (status === 'running' || status === 'paused') void runLetGo(id).then(() => library.refreshRuns());
}
for (const { id, state } of library.datasets) {
  if (state === 'importing') void importLetGo(id).then(() => library.refreshDatasets());
}
await Promise.all([machine.probe(), machine.measureStorage()]);
