"""Names to try, and a helper for the time between two changes."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User

# Roles, professions, brands, names that the site gives, emergencies, advice, advertisements, and their look-alikes.
NEED_REVIEW = [
    "Verified clinician", "Verified Physician", "GetNaltrexone Team", "Team GetNaltrexone", "A Moderator",
    "Moderator Anna", "Support Team", "Your Doctor", "Clinician Anna", "Pharmacist Anna", "Registered Nurse Anna",
    "Anna Physician", "Anna DO", "\u216er Anna", "Docteur Okafor", "anonymous member 2", "former member 736",
    "Crisis line", "Call 911 now", "Kill yourself now", "Stop taking your meds", "Naltrexone kills you",
    "www.pills4u.com", "t.me.evilshop", "Dr Heron", "VerifiedHelper", "V3rified Anna", "M0derator Anna", "NurseAnna",
    "врач Анна", "Ðr Anna", "Vivitrol Vince",
]  # fmt: skip
ACCEPTED = [
    "मीरा", "மீனா", "Zoe\u0308", "さくら花", "Kuʻulei", "李明", "สมชาย", "김민수", "Ольга", "דנה", "محمد", "Μαρία", "ナナ",
    "Ngọc Ánh", "O’Brien", "Jean-Luc", "José María", "Łukasz", "Şeyma", "Do Nguyen", "Pa Vang", "Grace Test",
    "Anna82",
]  # fmt: skip


def month_ago(user):
    User.objects.filter(pk=user.pk).update(named_at=timezone.now() - timedelta(days=31))
    user.refresh_from_db()
