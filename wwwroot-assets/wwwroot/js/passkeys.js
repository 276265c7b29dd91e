// A form with data-passkey asks the server for a challenge, lets the browser answer it with a passkey, and is sent with the answer.

document.addEventListener("submit", async event => {
  const form = event.target;
  if (!form.matches?.("form[data-passkey]")) return;
  event.preventDefault();
  const said = form.querySelector("[role=alert]");
  const say = words => { said.textContent = words; said.hidden = !words; };
  say("");
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
    say("This browser can't use passkeys here; they need HTTPS and a recent browser.");
    return;
  }
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    const answer = await fetch(form.dataset.passkey, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin" });
    if (!answer.ok) {
      say(answer.status === 429 ? "Too many attempts; wait a minute." : "The page is out of date; reload it and try again.");
      return;
    }
    const options = await answer.json();
    if (options.problem) {
      say(options.problem);
      return;
    }
    const credential = "passkeyNew" in form.dataset
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch {
    say("No passkey was given.");
  } finally {
    button.disabled = false;
  }
});

// A page that found no place is opened anew once another was closed.
document.addEventListener("click", event => {
  if (event.target.closest?.("main [data-reload]")) location.reload();
});
