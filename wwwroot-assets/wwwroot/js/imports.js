// Sends files by HTTP, as they stream from the disk: a circuit is no way for large ones.
// form[data-upload=URL] with inputs file, kind, source; parts of it say how far it is, what is wrong, and stop it.

document.addEventListener("submit", event => {
  const form = event.target.closest?.("form[data-upload]");
  if (!form) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const file = form.elements.file.files[0];
  if (file) send(form, file);
}, true);

function send(form, file) {
  const sending = form.querySelector("[data-upload-sending]");
  const bar = sending.querySelector("progress");
  const words = form.querySelector("[data-upload-words]");
  const problem = form.querySelector("[data-upload-problem]");
  const button = form.querySelector("[type=submit]");
  const say = text => { problem.textContent = text; problem.hidden = !text; };
  const end = text => {
    sending.hidden = true;
    button.disabled = false;
    say(text);
  };
  const query = new URLSearchParams({ name: file.name, kind: form.elements.kind.value, source: form.elements.source.value });
  const request = new XMLHttpRequest();
  request.open("POST", `${form.dataset.upload}?${query}`);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("RequestVerificationToken", form.querySelector("[name=__RequestVerificationToken]").value);
  request.upload.addEventListener("progress", at => {
    bar.value = at.lengthComputable ? at.loaded / at.total : 0;
    words.textContent = at.loaded < at.total ? `${Math.floor(100 * bar.value)} % sent` : "Looking at the file…";
  });
  request.addEventListener("load", () => {
    if (request.status === 200) location.assign(request.responseText);
    else if ([413, 422, 503].includes(request.status)) end(request.getResponseHeader("Content-Type")?.startsWith("text/plain") ? request.responseText : "The file could not be taken. Try again in a moment.");
    else if (request.status === 400) end("The page was open too long. Load it again, and send the file anew.");
    else if (request.status === 401 || request.status === 403) end("You may not send files any more. Sign in again.");
    else end("The file could not be taken. Try again in a moment.");
  });
  request.addEventListener("error", () => end("The connection broke before the file was whole. Nothing of it was kept; send it again."));
  request.addEventListener("abort", () => end("Stopped. Nothing of the file was kept."));
  sending.querySelector("[data-upload-cancel]").onclick = () => request.abort();
  say("");
  bar.value = 0;
  words.textContent = "0 % sent";
  button.disabled = true;
  sending.hidden = false;
  request.send(file);
}
