"""Orders over HTTP."""

from fastapi import APIRouter, Depends, HTTPException, Query
from sqlalchemy.orm import Session

from app.auth import current_user, require_admin
from app.db import get_session
from app.models import Order, User

router = APIRouter(prefix="/orders")


@router.get("/")
def list_orders(
    limit: int = Query(50, le=200), user: User = Depends(current_user), session: Session = Depends(get_session)
):
    orders = session.query(Order).filter(Order.customer_id == user.id)
    return orders.order_by(Order.placed_at.desc()).limit(limit).all()


@router.delete("/{order_id}")
def delete_order(order_id: int, admin: User = Depends(require_admin), session: Session = Depends(get_session)):
    order = session.get(Order, order_id)
    if order is None:
        raise HTTPException(404)
    session.delete(order)
    session.commit()


@router.post("/{order_id}/refund")
def refund_order(order_id: int, staff: User = Depends(require_admin), session: Session = Depends(get_session)):
    order = session.get(Order, order_id)
    if order is None:
        raise HTTPException(404)
    order.status = "refunded"
    session.commit()
