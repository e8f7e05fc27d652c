// Ties buttons with data-passkey="loginForm|addForm|signupForm|authenticateForm" to allauth's code for passkeys.
// The other data- attributes are the ids that allauth asks for. Without this the buttons stay hidden.
const error = document.querySelector("[data-passkey-error]");

document.querySelectorAll("[data-passkey]").forEach((button) => {
  const { passkey, ...ids } = button.dataset;
  if (!window.PublicKeyCredential || !window.allauth?.webauthn) return;
  window.allauth.webauthn.forms[passkey]({ ids });
  button.hidden = false;
});

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  if (!error) return;
  error.textContent = "That did not work, or was stopped. Try again, or use another way.";
  error.hidden = false;
});
