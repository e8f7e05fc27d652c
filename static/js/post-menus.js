// Menus below posts: one open at a time, closed with Escape or a click outside; copy a post's link.
const announcement = document.getElementById("announcement");
const openMenus = () => document.querySelectorAll(".post-menu[open]");

document.addEventListener("click", (event) => {
  openMenus().forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  openMenus().forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

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
