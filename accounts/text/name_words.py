"""Words that hold a name for a moderator, grouped by reason.

They are folded like names (`name_rules.skeleton`), so look-alike letters match. A word of SHORTEST_INSIDE or more letters also
matches inside a longer word (“VerifiedClinician”); a shorter one matches whole words only.
"""

SHORTEST_INSIDE = 6

WORDS = {
    "a role on this site": """
        admin admins administrator moderator moderators mod mods staff team support helpdesk helpline official officially
        verified verify certified licensed licenced registered service services system editor editors reviewer reviewers owner
        founder webmaster sysadmin manager getnaltrexone admina administrador moderador moderadora soporte équipe
        modérateur administrateur админ администратор модератор поддержка 管理员 管理員 版主 運営 管理者 관리자 운영자 مشرف מנהל
        व्यवस्थापक""",
    "a profession": """
        dr drs doc doctor doctors docteur doktor dottore dottoressa doctora médico medico médica médecin medecin arzt ärztin
        prof professor professeur physician physicians clinician clinicians nurse nurses enfermera enfermero infirmière
        infirmier krankenschwester pharmacist pharmacists pharmacy apotheker farmacéutico pharmacien psychiatrist
        psychologist psychotherapist therapist counselor counsellor socialworker caseworker medic paramedic surgeon
        practitioner prescriber specialist consultant hospital clinic rehab healthcare medical md rn np lpn lcsw pharmd phd
        dnp crnp apn aprn fnp врач доктор медсестра психолог фармацевт 医生 醫生 医師 護士 护士 药师 薬剤師 看護師 의사 간호사
        약사 طبيب دكتور ممرضة רופא डॉक्टर चिकित्सक மருத்துவர்""",
    "a brand or an organization": """
        naltrexone vivitrol revia depade nalorex contrave mysimba lybalvi suboxone subutex sublocade brixadi buprenorphine
        methadone campral acamprosate antabuse disulfiram nalmefene selincro narcan naloxone alkermes indivior orexo walgreens
        cvs riteaid amazon samhsa fda nhs cdc dea nih smart aa samaritans lifeline redcross google facebook""",
    "a name that this site gives": """
        anonymous anon anonym anonymously anonyme anónimo anonimo former formermember exmember deleted removed erased unknown
        nobody noname guest member members user users username myname anonymousmember аноним 匿名 익명""",
    "an emergency": """
        911 988 999 112 116123 crisis emergency hotline urgent ambulance police suicide suicidal kill killing kills killed
        murder die dying dead death overdose overdosed hang poison harm selfharm kys kms unalive rope cutting suicidio
        suizid самоубийство 自杀 自殺 자살""",
    "advice": """
        stop quit take taking dont never always must should dose dosage mg meds pills pill tablets medicine medication
        medications cure cures cured heals treatment detox taper skip double safe unsafe dangerous scam fake warning""",
    "an advertisement": """
        buy sell selling sale sales shop store order orders cheap cheapest discount discounts coupon promo deal deals dealer
        vendor supplier offer offers online delivery shipping prescription rx wholesale price prices crypto bitcoin casino
        call text dm pm whatsapp telegram signal snapchat instagram insta discord tiktok kik wickr onlyfans click visit www
        http https com net org info biz""",
}
