"""Which spellings are taken for one name."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from corpus import Article
from index import Archive
from index.spelling import may_be_same, names, sounds
from tests.fakes import FakeEncoder

SAME = """
Qamishli Qamishlo · Qamishli Kamishly · Qamishlo Kamishly · Qamishli Qamişlo · Hasakah Hasaka
Hasakah Hasakeh · Zelensky Zelenskyy · Zelensky Zelenskiy · Zelensky Selenskyj · Gaddafi Khadafi
Gaddafi Qaddafi · Gaddafi Kadhafi · Gaddafi Gadhafi · Mohammed Muhammad · Mohammed Mohamed
Mohammed Mohammad · Hussein Hossein · Hussein Husain · Hezbollah Hizbullah · Hezbollah Hizballah
Qaeda Qaida · Osama Usama · Ahmed Ahmad · Yusuf Yousef · Yusuf Yousuf · Kobani Kobane
Kobani Kobanê · Barzani Barzanî · Sulaimaniyah Sulaymaniyah · Dohuk Duhok · Afrin Efrin
Erbil Arbil · Erdogan Erdoğan · Öcalan Ocalan · Talabani Talebani · Sinjar Sindjar
Navalny Navalnyj · Navalny Navalnyy · Aleksei Alexey · Alexei Aleksey · Sergei Sergey
Dmitri Dmitriy · Dmitri Dmitry · Yeltsin Eltsin · Tchaikovsky Chaikovsky · Dostoevsky Dostoyevsky
Nazarbayev Nazarbaev · Lukashenko Lukashenka · Medvedev Medwedew · Prigozhin Prigozjin
Shoigu Shoygu · Kadyrov Kadirov · Dzhokhar Djokhar · Tajikistan Tadzhikistan
Kirgizstan Kyrgyzstan · Odesa Odessa · Chernobyl Chornobyl · Chernihiv Chernigiv
Zaporizhzhia Zaporizhia · Zaporizhzhia Zaporizhzhya · Yanukovych Yanukovich
Tymoshenko Timoshenko · Klitschko Klichko · Zaluzhny Zaluzhnyi · Umerov Umierov
Khmelnytskyi Khmelnitsky · Uyghur Uighur · Uyghur Uygur · Urumqi Ürümchi · Sichuan Szechuan
Xinjiang Xinjang · Jinping Jinpin · Zhejiang Zhejang · Tibet Tibbet · Chongqing Chungking
Peña Pena · Núñez Nunez · Bogotá Bogota · Jiménez Jimenez · Gutiérrez Gutierrez · Márquez Marques
Gonzalez Gonzales · Martinez Martines · Müller Mueller · Schröder Schroeder · Köln Koeln
Quran Koran · Quran Qur’an · Riyadh Riyad · Tehran Teheran · Khamenei Khamenai · Khomeini Khomeyni
Rouhani Ruhani · Soleimani Suleimani · Ahmadinejad Ahmedinejad · Raisi Raeisi · Assad Asad
Hassan Hasan · Damascus Damaskus · Homs Hims · Raqqa Rakka · Raqqa Raqqah · Nasrallah Nasralla
Sadr Sadir · Sistani Seestani · Maliki Maleki · Barghouti Barghuti · Haniyeh Haniya
Sinwar Sinuar · Mubarak Moubarak · Sisi Sissi · Morsi Mursi · Benghazi Bengazi · Misrata Misurata
Houthi Huthi · Sanaa Sana · Jeddah Jiddah · Khashoggi Kashoggi · Khashoggi Khashogji
Darfur Darfour · Bashir Basheer · Burhan Burhaan · Mogadishu Mogadiscio · Shabaab Shabab
Peshmerga Pêşmerge · Barzan Berzan · Ukraine Ukraina · Moldova Moldava · Kasparov Kasparow
Gorbachev Gorbachov · Khrushchev Khruschev · Rasputin Rasputine
"""
"""One name in two spellings. Of these and those below every second pair, from the second on, was
not looked at before the rules were as they are."""

DIFFERENT = """
Iran Iraq · Niger Nigeria · Austria Australia · Slovakia Slovenia · Chad China · Omar Oman
Merkel Markle · Smith Smyth · Marina Moreno · Putin Patten · Zelensky Zelenska
Zelensky Zelenskaya · Hassan Hussein · Maria Mario · Antonio Antonia · Roberto Roberta
Christine Christina · Christian Christina · Michael Michelle · Michael Mikhail
Alexander Alexandra · Martin Morton · Burton Barton · Bolton Belton · Carter Cartier
Daniel Danielle · Gabriel Gabriela · Victor Victoria · Paul Paula · Karl Carla · Kyiv Kiev
Kharkiv Kharkov · Lviv Lvov · Mali Malawi · Mali Malay · Georgia Jorge · Gambia Gabon
Guinea Guyana · Paraguay Uruguay · Latvia Lithuania · Iceland Ireland · Sweden Sudan
Sweden Sydney · Syria Serbia · Sierra Syria · Turkey Turki · Dominica Dominican
Mauritius Mauritania · Zambia Zimbabwe · Congo Kongsberg · Korea Kara · Kuwait Kuiti · Yemen Yaman
Jordan Jardine · Lebanon Leblanc · Libya Lebow · Palestine Pilsudski · Israel Isabel · Gaza Giza
Berlin Brolin · Berlin Merlin · London Lindon · Paris Peres · Paris Perez · Rome Roma
Milan Malone · Madrid Modrid · Lisbon Lesbian · Vienna Vannes · Geneva Genoa · Geneva Ginevra
Bern Born · Warsaw Worsley · Prague Praga · Dublin Doblin · Delhi Dulles · Mumbai Mombasa
Lahore Lahaur · Kabul Kibel · Karachi Kirchner · Harris Horus · Harris Heroes · Biden Bodin
Biden Baden · Trump Tromp · Obama Abomey · Clinton Clanton · Reagan Regine · Bush Busch
Johnson Jensen · Johnson Janssen · Sunak Sonic · Truss Torres · Truss Tross · Cameron Cameroon
Macron Mecron · Hollande Holland · Scholz Schultz · Scholz Schulze · Blair Bloor · Brown Braun
Miller Muller · Miller Moller · Miller Mailer · Hamid Hamad · Hamas Homs · Hamas Hams
Salem Salman · Salman Solomon · Salim Salma · Karim Karam · Rahman Rahim · Karzai Kurz
Ghani Ghana · Ghani Guiana · Assad Aziz · Aziz Azaz · Khan Kahn · Khan Cohen · Imran Emren
Modi Moody · Gandhi Gender · Singh Sango · Kumar Comer · Sharma Sherman · Patel Petal
Chavez Chaves · Maduro Madero · Castro Custer · Morales Murals · Lula Lulu · Correa Korea
Rivera Revere · Santos Santas · Martinez Mortensen · Lopez Lapis · Garcia Gracia · Ramos Remus
Perez Peres · Torres Taurus · Gomez Games · Silva Salvia · Costa Custo · Pereira Perrier · Kim Kam
Chang Chung · Chen Chan · Wang Wong · Zhang Zheng · Zhang Zhong · Liu Lau · Jiang Jing
Shanxi Shaanxi · Hunan Henan · Hubei Hebei · Guangxi Guangzhou · Jilin Jolin · Taipei Taibe
Xiamen Simon · Harbin Herben · Lavrov Larov · Petrov Pietro · Ivanov Ivanova · Karpov Karpova
Sergei Sergio · Boris Burris · Igor Agar · Nikolai Nicola · Anton Antoine · Leonid Leonidas
Viktor Victoire · Sokolov Sakalov · Belov Bilov · Kiril Carol · Moscow Muscovy · Rostov Rastov
Donetsk Donets · Mariupol Marpol · Bucha Bacha · Crimea Cremer · Minsk Monsk · Sumy Sami
Tallinn Tolland · Riga Rega · Marino Marine · Marco Marc · Carlos Carlsen · Pablo Pueblo
Diego Dego · Sandra Sander · Andrea Andre · Andrea Andrew · Stephen Stefano · Steven Stevens
Peter Petra · Catherine Catarina · Laura Lauren · Julian Juliana · Julia Julio · Emma Emmy
"""
"""Different names that look alike, and names of one place in two languages."""

Pair = tuple[str, str]

ASKED = 100
"""How many names are asked for, of each frequency."""


def measured(articles: Sequence[Article]) -> dict[str, Any]:
    """What ``SAME`` and ``DIFFERENT`` come to, and the names of articles, where there are any."""
    result: dict[str, Any] = {"by spelling alone": measure(pairs(SAME), pairs(DIFFERENT))}
    if articles:
        result["in an archive"] = {**look_alikes(articles), **respelled(articles)}
    return result


def pairs(text: str) -> list[Pair]:
    """The pairs of a list such as ``SAME``."""
    found = [pair.split() for line in text.strip().splitlines() for pair in line.split(" · ")]
    return [(one, other) for one, other in found]


def measure(same: Sequence[Pair], different: Sequence[Pair]) -> dict[str, dict[str, float]]:
    """How many pairs of one name are found, and of different names taken for one."""
    rows = {}
    for name, first in (("looked at", 0), ("not looked at", 1)):
        right = sum(may_be_same(*pair) for pair in same[first::2])
        wrong = sum(may_be_same(*pair) for pair in different[first::2])
        rows[name] = {
            "same": len(same[first::2]),
            "found": right,
            "different": len(different[first::2]),
            "merged": wrong,
            "recall": right / len(same[first::2]),
            "precision": right / (right + wrong),
        }
    return rows


def look_alikes(articles: Sequence[Article]) -> dict[str, Any]:
    """The names of articles that are spelled nearly the same, and which an archive takes for one.

    Which of these are one name, a person has to judge.
    """
    written = _capitalised(articles)
    with TemporaryDirectory() as folder:
        archive = Archive.create(Path(folder) / "archive", FakeEncoder())
        archive.add(articles)
        merged = {
            f"{name} = {other}"
            for name in written
            for word in archive.query_words(name)
            for other in word.spelled
            if name < other
        }
    groups: dict[str, list[str]] = {}
    for name in written:
        groups.setdefault(sounds(name), []).append(name)
    alike = sum(
        may_be_same(one, other)
        for group in groups.values()
        for at, one in enumerate(group)
        for other in group[:at]
    )
    return {"names": len(written), "look-alikes": alike, "taken for one": sorted(merged)}


def respelled(articles: Sequence[Article]) -> dict[str, Any]:
    """How many names are found by an archive that spells them otherwise in half of its articles."""
    written = _capitalised(articles)
    result: dict[str, Any] = {}
    for least, most in ((5, 19), (20, len(articles))):
        asked = [name for name, count in written.items() if least <= count <= most][:ASKED]
        with TemporaryDirectory() as folder:
            archive = Archive.create(Path(folder) / "archive", FakeEncoder())
            archive.add(_respelled(articles, asked))
            found = sum(
                _otherwise(name) in word.spelled
                for name in asked
                for word in archive.query_words(name)
            )
        result[f"of {len(asked)} names in {least} to {most} articles, respelled in half"] = found
    return result


def _respelled(articles: Iterable[Article], asked: Sequence[str]) -> list[Article]:
    any_of_them = re.compile(rf"\b(?:{'|'.join(asked)})\b")
    return [
        replace(article, text=any_of_them.sub(lambda found: _otherwise(found[0]), article.text))
        if number % 2
        else article
        for number, article in enumerate(articles)
    ]


def _otherwise(name: str) -> str:
    """Another spelling that nobody uses: with a silent h."""
    return re.sub(r"([aeiouy])(?=[^aeiouyh])", r"\1h", name, count=1)


def _capitalised(articles: Iterable[Article]) -> dict[str, int]:
    """The names, and in how many articles each is, the most frequent first.

    Left out is what is written without a capital as well.
    """
    count: Counter[str] = Counter()
    without: set[str] = set()
    for article in articles:
        count.update(names(article.text))
        without.update(re.findall(r"\b[^\W\dA-Z_]\w+", article.text))
    return {name: many for name, many in count.most_common() if name.lower() not in without}
