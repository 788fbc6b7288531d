"""Who is asking, and what they may do."""

import hashlib
import hmac
import os

from fastapi import Depends, Header, HTTPException

from app.db import Session, get_session
from app.models import User


def current_user(authorization: str = Header(), session: Session = Depends(get_session)) -> User:
    token = authorization.removeprefix("Bearer ")
    digest = hashlib.sha256(token.encode()).hexdigest()
    user = session.query(User).filter(User.token_digest == digest).one_or_none()
    if user is None:
        raise HTTPException(401)
    return user


def require_admin(user: User = Depends(current_user)) -> User:
    if not user.is_admin:
        raise HTTPException(403)
    return user


def signed_by_partner(body: bytes, signature: str) -> bool:
    expected = hmac.new(os.environ["PARTNER_SECRET"].encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)
