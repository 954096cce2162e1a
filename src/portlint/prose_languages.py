"""What sentences in other languages than English say, as far as it tells whose address a text gives.

Words of Chinese, German, French, Spanish, Portuguese, Russian, Japanese and Korean, each with the English word it is
counted as. Languages with spaces are matched at the beginning of a word, so that endings do not matter.
"""

from __future__ import annotations

import re

PORT = (
    r"(?<![A-Za-z])(?:puertos?|portas?|(?:standard|server|ziel)ports?)(?![A-Za-z])|(?<!\w)порт(?:а|у|е|ом|ы|ов|ах)?(?!\w)|"
    r"(?<![レサンス])ポート(?:番号)?|포트(?:번호)?|連接埠|通訊埠|埠號?"
)
"""The word for a port number, as a pattern without regard to case."""

_VISIT = (
    r"(?<!\w)(?:öffne|aufruf|aufzurufen|rufe|besuch|erreichbar|anseh"
    r"|ouvr|visite|navigu|naveg|accéd|accessible|rendez-vous|consult"
    r"|abr[aeií]|acced|acess|entra"
    r"|откр|перейд|зайд|посет|доступ|браузер)\w*"
    r"|访问|打开|浏览|进入|訪問|開啟|打開|瀏覽|造訪"
    r"|開[いきく]|アクセス|ブラウザ|표시|열[고기어]|여세요|접속|방문|브라우저"
)
_RUN = (
    r"(?<!\w)(?:läuft|laufen|lausch|gestartet|startet|hört|bereitgestellt"
    r"|écout|démarr|lanc[eéè]|tourne|disponib|disponív"
    r"|escuch|ejecut|arranc|inicia|corre(?!\w)|escut|execut|rodando|roda(?!\w)"
    r"|слуша|запус|запущ|работа|сервер)\w*"
    r"|监听|运行|启动|服务|監聽|執行|啟動|服務|部署在"
    r"|起動|待ち受け|リッスン|実行|サーバー?|실행|시작|수신|서버|구동"
)
_MEANT = re.compile(rf"(?P<visit>{_VISIT})|(?P<running>{_RUN})", re.IGNORECASE)
_NONE: frozenset[str] = frozenset()


def meant(text: str) -> frozenset[str]:
    """The English words that stand for what a text says: ``visit``, ``running``, or none."""
    return frozenset(match.lastgroup or "" for match in _MEANT.finditer(text)) or _NONE
