// Copy a post's link instead of following it, where the browser can.
const announcement = document.getElementById("announcement");

document.querySelectorAll("[data-copy-link]").forEach((link) => {
  if (!navigator.clipboard) return;
  link.textContent = "Copy link";
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(link.href);
      link.textContent = "Link copied";
      announcement.textContent = "Link copied.";
    } catch {
      location.assign(link.href);
    }
  });
});
